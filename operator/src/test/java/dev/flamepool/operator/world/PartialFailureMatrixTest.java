package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.runner.RunnerStatus;
import dev.flamepool.operator.world.Sickness.Partner;
import dev.flamepool.operator.world.Sickness.Way;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A partner is sick for a minute, in every way, in every phase of a pool's life. Meanwhile another
 * pool grows as ever, nothing that works is ended, whoever waits can read why after 10 s, and the
 * sick one is not asked in a hurry. Then it is well again, and what is wanted is there soon.
 */
class PartialFailureMatrixTest {
  private static final String POOL = "p";
  private static final String HONEST = "h";
  private static final Duration TOLD = Duration.ofSeconds(10);
  private static final Duration SICK = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Requests of one kind, at most, in a minute and two phases: often at first, then rarely. */
  private static final int HURRY = 80;

  private enum Stage {
    BOOT(2, true),
    SERVE(2, false),
    GROW(3, true),
    END(1, false),
    TAKE_OVER(2, false);

    private final int wanted;
    private final boolean waits;

    Stage(int wanted, boolean waits) {
      this.wanted = wanted;
      this.waits = waits;
    }
  }

  private record Cell(Partner partner, Way way, Stage stage) implements Cells.Cell {
    @Override
    public String name() {
      return (partner + " " + way + " in " + stage).toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String kind() {
      return partner.name();
    }
  }

  @TestFactory
  Stream<DynamicTest> anyPartnerSickInAnyWayAtAnyTime() {
    List<Cell> cells = new ArrayList<>();
    for (Partner partner : Partner.values()) {
      for (Way way : Way.values()) {
        for (Stage stage : Stage.values()) {
          if (Sickness.exists(partner, way)) {
            cells.add(new Cell(partner, way, stage));
          }
        }
      }
    }
    return Cells.live("partial failure", cells, 3, cell -> new Story(cell).live());
  }

  private static final class Story {
    private final Cell cell;
    private final World world;
    private final Sickness sickness;
    private Instant renewed = Instant.MIN;
    private int running;
    private int waiting;
    private boolean sick;
    private Set<String> busy = Set.of();

    Story(Cell cell) {
      this.cell = cell;
      Sickness[] made = new Sickness[1];
      this.world =
          new World(
              3,
              CrashPoints.never(),
              (here, at) -> {
                made[0] =
                    made[0] == null ? new Sickness(cell.partner, cell.way, POOL, here) : made[0];
                return new SickBackend(new ScriptedBackend(here.cloud, at), made[0]);
              });
      this.sickness = made[0];
    }

    void live() {
      try (world) {
        begin();
        sick = true;
        sickness.begin();
        act();
        meanwhile();
        sick = false;
        sickness.cure();
        recover();
        end();
      }
    }

    private void begin() {
      world.cloud.bootTime(Duration.ofSeconds(2));
      world.secret("env", "key", "value");
      for (String pool : List.of(HONEST, POOL)) {
        world.pool(
            pool,
            """
            max: 3
            maxConcurrency: 1
            shutdownTimeout: 5s
            env: [{name: A, valueFrom: {secretKeyRef: {name: env, key: key}}}]
            backends: [{name: x, local: {directory: /%s}}]
            """
                .formatted(pool)
                .replace("name: env", pool.equals(POOL) ? "name: env" : "name: honest"));
      }
      world.secret("honest", "key", "value");
      if (cell.stage != Stage.BOOT) {
        needs(0, 2);
        soon("two runners", () -> world.endpoints(POOL).size() == 2);
        needs(2, 0);
        busy = uids();
        busy.forEach(uid -> world.runners.calls(uid, 1));
        pass(Duration.ofSeconds(3));
      }
    }

    private void act() {
      switch (cell.stage) {
        case BOOT -> needs(0, 2);
        case GROW -> needs(2, 1);
        case SERVE -> {}
        case END -> {
          String first = world.runner(world.endpoints(POOL).get(0)).getMetadata().getUid();
          busy = busy.stream().filter(uid -> !uid.equals(first)).collect(Collectors.toSet());
          world.runners.calls(first, 0);
          world.cloud.die(first, 0, "Idle");
          needs(1, 0);
        }
        case TAKE_OVER -> world.restart();
      }
    }

    private void meanwhile() {
      Instant since = world.clock.instant();
      world.demand("other", HONEST, 0, 1);
      world.settle();
      assertThat(created(HONEST)).as("the other pool grows at once").isEqualTo(1);
      boolean told = false;
      while (world.clock.instant().isBefore(since.plus(SICK))) {
        pass(Duration.ofSeconds(1));
        world.demand("other", HONEST, 0, 1);
        assertThat(world.cloud.live())
            .as("machines with calls on them")
            .extracting(machine -> machine.key().runnerUid())
            .containsAll(busy);
        if (!told && !world.clock.instant().isBefore(since.plus(TOLD))) {
          told = true;
          told();
        }
      }
      assertThat(world.endpoints(HONEST)).as("the other pool serves").hasSize(1);
      sickness
          .asked()
          .forEach((what, often) -> assertThat(often).as(what).isLessThanOrEqualTo(HURRY));
    }

    private void told() {
      boolean waits = cell.stage.waits && world.endpoints(POOL).size() < cell.stage.wanted;
      boolean nobodyAsks = cell.partner == Partner.CALLERS;
      boolean boots = cell.partner == Partner.CLOUD && cell.way == Way.ANSWERS_OLD;
      if (waits && !nobodyAsks && !boots && !sickness.gags()) {
        assertThat(words()).as("whoever waits reads why").isNotEmpty();
      }
    }

    private List<String> words() {
      List<String> words = new ArrayList<>();
      if (world.pool(POOL).getStatus() != null
          && world.pool(POOL).getStatus().conditions() != null) {
        world.pool(POOL).getStatus().conditions().stream()
            .filter(condition -> !condition.getStatus().equals("True"))
            .forEach(condition -> words.add(condition.getReason() + " " + condition.getMessage()));
      }
      for (FlameRunner runner : world.runners(POOL)) {
        if (RunnerStatus.phase(runner) != Phase.Ready
            && runner.getStatus() != null
            && runner.getStatus().reason() != null) {
          words.add(runner.getStatus().reason() + " " + runner.getStatus().message());
        }
      }
      return words;
    }

    private void recover() {
      renewed = Instant.MIN;
      soon(
          "as many as are needed",
          () ->
              world.endpoints(POOL).size() == cell.stage.wanted
                  && world.cloud.live().stream()
                          .filter(machine -> machine.key().pool().equals(POOL))
                          .count()
                      == cell.stage.wanted);
      assertThat(uids()).as("those with calls").containsAll(busy);
    }

    private void end() {
      world.leave("c");
      world.leave("other");
      running = 0;
      waiting = 0;
      uids().forEach(uid -> world.runners.calls(uid, 0));
      world.delete(POOL);
      world.delete(HONEST);
      soon("the pools are let go", () -> world.pool(POOL) == null && world.pool(HONEST) == null);
      Life.nothingLeft(world);
    }

    private Set<String> uids() {
      return world.runners(POOL).stream()
          .map(runner -> runner.getMetadata().getUid())
          .collect(Collectors.toSet());
    }

    private long created(String pool) {
      return world.cloud.log().stream()
          .filter(event -> event.type() == CloudEvent.Type.CREATED)
          .filter(event -> event.key().pool().equals(pool))
          .count();
    }

    // ---- the pool's caller

    private void needs(int calls, int queued) {
      running = calls;
      waiting = queued;
      renewed = Instant.MIN;
      renew();
    }

    private void renew() {
      boolean its = sick && cell.partner == Partner.CALLERS;
      Duration every = Duration.ofSeconds(its && cell.way == Way.ANSWERS_LATE ? 25 : 10);
      if (running + waiting == 0 || world.clock.instant().isBefore(renewed.plus(every))) {
        return;
      }
      renewed = world.clock.instant();
      if (!its) {
        world.demand("c", POOL, running, waiting);
        return;
      }
      switch (cell.way) {
        case REFUSES_FOR_GOOD, REFUSES_FOR_A_WHILE -> world.leave("c");
        case HANGS, ANSWERS_OLD -> {}
        case ANSWERS_LATE -> world.demand("c", POOL, running, waiting);
        case ANSWERS_GARBAGE -> {
          garbage(-7, -9);
          garbage(0, 2_000_000_000);
          world.demand("c", POOL, running, waiting);
        }
      }
    }

    private void garbage(int calls, int queued) {
      try {
        world.demand("junk", POOL, "?".repeat(200), calls, queued);
      } catch (KubernetesClientException refused) {
        assertThat(refused.getCode()).isEqualTo(422);
      }
    }

    private void pass(Duration time) {
      Instant until = world.clock.instant().plus(time);
      while (world.clock.instant().isBefore(until)) {
        renew();
        world.pass(Duration.ofMillis(500));
      }
    }

    private void soon(String what, BooleanSupplier holds) {
      world.soon(
          what,
          PATIENCE,
          () -> {
            renew();
            return holds.getAsBoolean();
          });
    }
  }
}
