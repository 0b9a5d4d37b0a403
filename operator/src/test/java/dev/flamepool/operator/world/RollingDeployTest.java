package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.CloudEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several code versions of one application alive. What a template yields is its variable CODE. */
class RollingDeployTest {
  private static final int MAX = 4;

  private final World world = new World(MAX);

  @BeforeEach
  void templatesYieldTheirVariable() {
    world.runners.code(this::variable);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private String variable(String uid) {
    return world.runners("p").stream()
        .filter(runner -> runner.getMetadata().getUid().equals(uid))
        .flatMap(runner -> runner.getSpec().env().stream())
        .filter(variable -> variable.name().equals("CODE"))
        .map(EnvVar::value)
        .findFirst()
        .orElseThrow();
  }

  private void pool(String code, String options) {
    world.pool(
        "p",
        "{max: 4, maxConcurrency: 1, env: [{name: CODE, value: " + code + "}]" + options + "}");
  }

  private void deploy(String code) {
    world.edit("p", "{\"env\":[{\"name\":\"CODE\",\"value\":\"" + code + "\"}]}");
  }

  /** Ready runners by code version. */
  private Map<String, Integer> serving() {
    Map<String, Integer> serving = new TreeMap<>();
    world
        .pool("p")
        .getStatus()
        .endpoints()
        .forEach(endpoint -> serving.merge(endpoint.codeVersion(), 1, Integer::sum));
    return serving;
  }

  private long created() {
    return world.cloud.log().stream().filter(e -> e.type() == CloudEvent.Type.CREATED).count();
  }

  private List<String> refused() {
    List<FlamePoolStatus.Refusal> refusals = world.pool("p").getStatus().refusals();
    return refusals == null
        ? List.of()
        : refusals.stream().map(FlamePoolStatus.Refusal::codeVersion).toList();
  }

  private void idleAll(String version) {
    for (FlameRunner runner : world.runners("p")) {
      if (version.equals(runner.getStatus().codeVersion())) {
        world.cloud.die(runner.getMetadata().getUid(), 0, "Idle");
      }
    }
    world.pass(Duration.ofSeconds(2));
  }

  @Test
  void twoVersionsAliveHaveTheirOwnRunnersWithinOneMax() {
    pool("v1", "");
    world.demand("old", "p", "v1", 0, 2);
    world.pass(Duration.ofSeconds(2));
    assertThat(serving()).isEqualTo(Map.of("v1", 2));
    deploy("v2");
    world.demand("old", "p", "v1", 2, 0);
    world.pass(Duration.ofSeconds(2));
    assertThat(serving()).as("one tells what the new template yields").containsEntry("v2", 1);
    world.demand("new", "p", "v2", 0, 1);
    world.demand("old", "p", "v1", 2, 1);
    world.pass(Duration.ofSeconds(5));
    assertThat(serving()).as("the old template still boots").containsEntry("v1", 3);
    assertThat(serving()).containsEntry("v2", 1);
    world.demand("new", "p", "v2", 1, 3);
    world.demand("old", "p", "v1", 3, 0);
    world.pass(Duration.ofSeconds(20));
    assertThat(serving()).as("nobody's runner is taken for another").containsEntry("v1", 3);
    world.leave("old");
    world.demand("new", "p", "v2", 1, 3);
    world.pass(Duration.ofSeconds(10));
    assertThat(serving()).isEqualTo(Map.of("v2", 4));
    assertThat(created()).isEqualTo(7);
  }

  @Test
  void theNewestIsKeptAndAnOldVersionComesBackAfterARestart() {
    pool("v1", ", min: 1");
    world.pass(Duration.ofSeconds(2));
    deploy("v2");
    world.pass(Duration.ofSeconds(5));
    assertThat(serving()).isEqualTo(Map.of("v2", 1));
    world.restart();
    world.demand("old", "p", "v1", 0, 2);
    world.pass(Duration.ofSeconds(3));
    assertThat(serving()).isEqualTo(Map.of("v1", 2, "v2", 1));
    for (FlameRunner runner : world.runners("p")) {
      assertThat(world.kept(runner.getMetadata().getName()))
          .isEqualTo(runner.getStatus().codeVersion().equals("v2"));
    }
    assertThat(created()).as("no probe was needed").isEqualTo(4);
    assertThat(world.pool("p").getStatus().revisions())
        .extracting(FlamePoolStatus.Revision::codeVersion)
        .containsExactly("v2", "v1");
  }

  @Test
  void onlyTheLastThreeTemplatesAreRemembered() {
    pool("v1", "");
    for (int i = 1; i <= 4; i++) {
      world.demand("c" + i, "p", "v" + i, 0, 1);
      deploy("v" + i);
      world.pass(Duration.ofSeconds(3));
      assertThat(serving()).containsEntry("v" + i, 1);
      world.leave("c" + i);
      idleAll("v" + i);
    }
    assertThat(world.pool("p").getStatus().revisions())
        .extracting(FlamePoolStatus.Revision::codeVersion)
        .containsExactly("v4", "v3", "v2");
    assertThat(world.client().apps().controllerRevisions().inNamespace(world.namespace).list())
        .satisfies(list -> assertThat(list.getItems()).hasSize(3));
    deploy("v2");
    world.pass(Duration.ofSeconds(3));
    assertThat(world.pool("p").getStatus().revisions())
        .as("gone back to, it is the newest again")
        .extracting(FlamePoolStatus.Revision::codeVersion)
        .containsExactly("v2", "v4", "v3");
  }

  @Test
  void anUnknownVersionCostsOneProbeAndIsRefusedUntilItsCallersAreGone() {
    pool("v1", "");
    world.demand("c", "p", "v1", 0, 1);
    world.pass(Duration.ofSeconds(2));
    world.demand("stranger", "p", "v9", 0, 3);
    world.pass(Duration.ofSeconds(2));
    assertThat(created()).as("one probe").isEqualTo(2);
    assertThat(refused()).containsExactly("v9");
    assertThat(world.condition("p", "CodeVersionMismatch")).isEqualTo("True/CodeVersionMismatch");
    assertThat(world.pool("p").getStatus().conditions())
        .anySatisfy(condition -> assertThat(condition.getMessage()).contains("v9", "v1"));
    world.restart();
    world.demand("stranger", "p", "v9", 0, 4);
    world.demand("c", "p", "v1", 1, 0);
    idleAll("v1");
    world.demand("c", "p", "v1", 0, 1);
    world.pass(Duration.ofSeconds(5));
    assertThat(created()).as("only what the known caller needs").isEqualTo(3);
    assertThat(world.condition("p", "CodeVersionMismatch")).isEqualTo("True/CodeVersionMismatch");
    world.leave("stranger");
    world.settle();
    assertThat(world.condition("p", "CodeVersionMismatch")).isEqualTo("absent");
    world.pass(Duration.ofMinutes(6));
    assertThat(refused()).isEmpty();
  }

  @Test
  void aTemplateThatIsNotHeardYetIsBootedInFullAndThenNotProbedAgain() {
    pool("v1", "");
    world.demand("stranger", "p", "v9", 0, 2);
    world.pass(Duration.ofSeconds(3));
    assertThat(created()).isEqualTo(2);
    assertThat(refused()).containsExactly("v9");
    deploy("v9");
    world.demand("stranger", "p", "v9", 0, 3);
    world.pass(Duration.ofSeconds(8));
    assertThat(refused()).isEmpty();
    assertThat(serving()).containsEntry("v9", 3);
  }

  @Test
  void aMovedTagIsFoundByTheProbe() {
    pool("v1", "");
    world.demand("c", "p", "v1", 0, 1);
    world.pass(Duration.ofSeconds(2));
    world.runners.code(uid -> "v2");
    world.demand("new", "p", "v2", 0, 3);
    world.pass(Duration.ofSeconds(5));
    assertThat(serving()).isEqualTo(Map.of("v1", 1, "v2", 3));
    assertThat(refused()).isEmpty();
  }

  @Test
  void aChangeThatLeavesTheCodeAsItIsReplacesRunnersUnderSteadyCalls() {
    pool("v1", "");
    world.demand("c", "p", "v1", 0, 4);
    world.pass(Duration.ofSeconds(2));
    world.edit("p", "{\"shutdownTimeout\":\"31s\",\"max\":4}");
    for (int i = 0; i < 15; i++) {
      world.demand("c", "p", "v1", 4, i % 2);
      world.pass(Duration.ofSeconds(2));
      assertThat(world.endpoints("p")).hasSizeGreaterThanOrEqualTo(3);
    }
    assertThat(world.runners("p"))
        .extracting(runner -> runner.getSpec().shutdownTimeout())
        .containsExactly("31s", "31s", "31s", "31s");
  }

  /** A deployment's readiness check makes one call, while the old version has no pause. */
  @Test
  void aFullPoolOfAnOldVersionServesTheNewOneInItsTurn() {
    world.pool("p", "{max: 1, maxConcurrency: 1, env: [{name: CODE, value: v1}]}");
    world.demand("old", "p", "v1", 0, 1);
    world.pass(Duration.ofSeconds(2));
    deploy("v2");
    int served = 0;
    int turns = 0;
    for (int i = 0; i < 20; i++) {
      world.demand("old", "p", "v1", serving().containsKey("v1") ? 1 : 0, 3);
      world.demand("new", "p", "v2", serving().containsKey("v2") ? 1 : 0, 1);
      world.pass(Duration.ofSeconds(5));
      served += serving().containsKey("v2") ? 1 : 0;
      turns += serving().containsKey("v1") ? 1 : 0;
    }
    assertThat(served).as("looks that found the new one").isBetween(3, 17);
    assertThat(turns).as("looks that found the old one").isBetween(3, 17);
    world.leave("old");
    world.demand("new", "p", "v2", 0, 1);
    world.pass(Duration.ofSeconds(20));
    assertThat(serving()).isEqualTo(Map.of("v2", 1));
  }
}
