package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.minicluster.RequestHook;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool does while its runners cannot be created, or are being created. */
class CreatingTest {
  private static final String RUNNERS = "/flamerunners";

  private final World world = new World(40);
  private final Queue<Runnable> held = new ArrayDeque<>();

  @AfterEach
  void close() {
    world.close();
  }

  /** Creates in a namespace fail in one way, as with a policy's webhook. */
  private static final class Refusing implements World.Trouble {
    private final int status;
    private final String method;
    private final String kind;
    int asked;

    Refusing(int status, String method, String kind) {
      this.status = status;
      this.method = method;
      this.kind = kind;
    }

    @Override
    public String words() {
      return "the policy says no";
    }

    @Override
    public int before(String method, String path) throws IOException {
      if (!method.equals(this.method) || !path.contains(kind)) {
        return RequestHook.PASS;
      }
      asked++;
      if (status == 0) {
        throw new IOException("no answer");
      }
      return status;
    }
  }

  private void release() {
    for (Runnable create = held.poll(); create != null; create = held.poll()) {
      create.run();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 422, 500, 429, 0})
  void aPoolWhoseCreatesAreRefusedDoesAllElseAndSaysWhy(int status) {
    world.pool("p", "{max: 3, maxConcurrency: 1, drainTimeout: 5s}");
    world.demand("c", "p", 0, 2);
    world.pass(Duration.ofSeconds(2));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1");

    Refusing refusing = new Refusing(status, "POST", RUNNERS);
    world.with(refusing);
    world.demand("c", "p", 0, 3);
    world.cloud.die(world.runner("p-0").getMetadata().getUid(), 137, "");
    world.pass(Duration.ofSeconds(9));
    assertThat(world.endpoints("p")).as("the dead one is withdrawn").containsExactly("p-1");
    assertThat(world.runners("p")).as("and let go").hasSize(1);
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/CreateRefused");
    assertThat(world.message("p", "CapacityAvailable"))
        .contains("FlameRunner p-")
        .contains(status == 0 ? "" : "the policy says no");
    world.edit("p", "{\"max\":1}");
    world.pass(Duration.ofSeconds(9));
    assertThat(world.endpoints("p")).as("one beyond max is drained").isEmpty();
    world.edit("p", "{\"max\":3}");

    int before = refusing.asked;
    world.demand("c", "p", 0, 3);
    world.pass(Duration.ofSeconds(29));
    assertThat(refusing.asked - before).as("asked with pauses, one at a time").isLessThan(6);
    assertThat(world.condition("p", "Ready")).isEqualTo("False/CreateRefused");

    world.with(new World.Trouble() {});
    world.demand("c", "p", 0, 3);
    world.pass(Duration.ofSeconds(31));
    assertThat(world.runners("p")).hasSize(3);
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("True/Available");
  }

  /** A sibling: templates cannot be stored. */
  @Test
  void aPoolWhoseTemplatesCannotBeStoredGrowsAndShrinksAllTheSame() {
    world.with(new Refusing(403, "POST", "/controllerrevisions"));
    world.pool("p", "{max: 3, maxConcurrency: 1, drainTimeout: 5s}");
    world.demand("c", "p", 0, 2);
    world.pass(Duration.ofSeconds(3));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1");
    world.edit("p", "{\"max\":1}");
    world.pass(Duration.ofSeconds(9));
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.runners("p")).hasSize(1);
  }

  @Test
  void whatIsReadyIsPublishedWhileOthersAreBeingCreated() {
    world.cloud.bootTime(Duration.ofSeconds(1));
    world.pool("p", "{max: 3, maxConcurrency: 1}");
    world.demand("c", "p", 0, 1);
    world.settle();
    world.creating((account, flow, create) -> held.add(create));
    world.demand("c", "p", 0, 3);
    world.pass(Duration.ofSeconds(2));
    assertThat(held).as("creates under way").hasSize(2);
    assertThat(world.endpoints("p")).containsExactly("p-0");
    assertThat(world.pool("p").getStatus().booting()).isEqualTo(2);

    release();
    world.pass(Duration.ofSeconds(3));
    assertThat(world.endpoints("p")).containsExactly("p-0", "p-1", "p-2");
    assertThat(held).as("none is created twice").isEmpty();
  }

  @Test
  void aPoolIsDeletedWhileItsRunnersAreBeingCreated() {
    world.creating((account, flow, create) -> held.add(create));
    world.pool("p", "{max: 3, maxConcurrency: 1}");
    world.demand("c", "p", 0, 3);
    world.settle();
    assertThat(held).hasSize(3);
    world.delete("p");
    world.pass(Duration.ofSeconds(2));
    release();
    world.pass(Duration.ofSeconds(5));
    assertThat(world.pool("p")).isNull();
    assertThat(world.runners("p")).isEmpty();
  }

  @Test
  void aLargePoolIsCreatedAFewAtATime() {
    world.creating((account, flow, create) -> held.add(create));
    world.pool("p", "{max: 40, maxConcurrency: 1}");
    world.demand("c", "p", 0, 40);
    int created = 0;
    int most = 0;
    while (created < 40) {
      world.settle();
      assertThat(held).as("something is under way").isNotEmpty();
      most = Math.max(most, held.size());
      created += held.size();
      release();
      world.demand("c", "p", 0, 40);
    }
    assertThat(most).isLessThan(40);
    world.pass(Duration.ofSeconds(3));
    assertThat(world.endpoints("p")).hasSize(40);
  }
}
