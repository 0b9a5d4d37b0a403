package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What FLAME promises of a pool, and where FLAME 0.5.3 breaks its word. */
@Tag("scenario")
class FlameScenariosTest extends Scenario {
  private final Set<String> everSeen = new HashSet<>();

  private void note() {
    for (FlameRunner runner : runners()) {
      everSeen.add(runner.getMetadata().getUid());
    }
  }

  @Test
  void oneCallBootsOneRunnerAndManyBootAsManyAsTheyFill() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 5, maxConcurrency: 2, idleShutdownAfter: 20s"));
    JavaProcess app = startApp("app", "work");

    app.say("patient one 10");
    await(
        "the first call",
        () -> {
          note();
          return outcomes(app, "one").size() == 1;
        });
    assertThat(outcome(app, "one")).startsWith("done");
    assertThat(everSeen).as("runners for one call").hasSize(1);

    IntStream.range(0, 6).forEach(i -> app.say("patient m" + i + " 4000"));
    await(
        "three runners",
        () -> {
          note();
          return ready("work") == 3;
        });
    IntStream.range(0, 6).forEach(i -> assertThat(outcome(app, "m" + i)).startsWith("done"));
    note();
    assertThat(everSeen).as("two calls fill a runner").hasSize(3);
    assertThat(app.output())
        .as("told to the application's listener")
        .containsOnlyOnce("event start work 1")
        .containsOnlyOnce("event ready work-0")
        .contains("event ready work-1", "event ready work-2");
  }

  @Test
  void everyCallOfASingleUsePoolHasARunnerOfItsOwn() throws Exception {
    startOperator();
    applyPool("once", local("min: 1, max: 2, singleUse: true, idleShutdownAfter: 10s"));
    JavaProcess app = startApp("app", "once");
    Set<Long> pids = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      app.say("patient s" + i + " 1");
      String outcome = outcome(app, "s" + i);
      Matcher pid = Pattern.compile("pid=(\\d+)").matcher(outcome);
      assertThat(pid.find()).as(outcome).isTrue();
      assertThat(pids.add(Long.valueOf(pid.group(1)))).as("used again: " + outcome).isTrue();
    }
    await("the minimum to be restored", () -> ready("once") == 1);
  }

  @Test
  void aCallThatGivesUpInLineNeverRunsAndLeavesNoTrace() throws Exception {
    startOperator();
    applyPool("work", local("min: 1, max: 1, maxConcurrency: 1, idleShutdownAfter: 20s"));
    JavaProcess app = startApp("app", "work");
    Path held = folder.resolve("held");
    app.say("hold h " + held);
    await("the place to be taken", () -> Files.exists(held));

    Path late = folder.resolve("late");
    app.say("brief late " + late);
    assertThat(outcome(app, "late")).contains("QueueTimeoutException");
    Path cancelled = folder.resolve("cancelled");
    app.say("abandon cancelled " + cancelled);
    assertThat(outcome(app, "cancelled")).contains("CancellationException");
    app.say("release h");
    assertThat(outcome(app, "h")).contains("CancellationException");

    app.say("patient next 1");
    assertThat(outcome(app, "next")).as("the place is free").startsWith("done");
    assertThat(late).doesNotExist();
    assertThat(cancelled).doesNotExist();
  }

  @Test
  void aBootThatNeverGetsReadyIsToldAndLeavesNoProcess() throws Exception {
    int seconds = 100_000 + new Random().nextInt(900_000); // names these processes
    startOperator();
    applyPool(
        "work",
        "{min: 0, max: 1, bootTimeout: 3s, backends: [{name: local, local: {command: [/bin/sh, -c,"
            + " 'echo the database is away; exec sleep "
            + seconds
            + "']}}]}");
    JavaProcess app = startApp("app", "work");
    app.say("patient never 1");
    await("a boot", () -> !sleepers(seconds).isEmpty());
    assertThat(outcome(app, "never"))
        .contains("BootFailedException")
        .contains("the database is away");
    client.resource(pool("work")).delete();
    await("the pool to be gone", () -> pool("work") == null);
    assertThat(sleepers(seconds)).as("processes of boots that never got ready").isEmpty();
  }

  private static List<ProcessHandle> sleepers(int seconds) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").endsWith("sleep " + seconds))
        .toList();
  }
}
