package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When runners end, and what their calls see of it. */
@Tag("scenario")
class RunnerEndTest extends Scenario {
  @Test
  void afterASpikeATrickleKeepsOneRunnerOnly() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 4, maxConcurrency: 1, idleShutdownAfter: 3s"));
    JavaProcess app = startApp("app", "work");
    IntStream.range(0, 4).forEach(i -> app.say("hold spike" + i + " " + folder.resolve("h" + i)));
    await("all four", () -> ready("work") == 4);
    IntStream.range(0, 4).forEach(i -> app.say("release spike" + i));

    int[] drops = {0};
    await(
        "one runner, while calls go on",
        () -> {
          String id = "drop" + drops[0]++;
          app.say("patient " + id + " 20");
          assertThat(outcome(app, id)).startsWith("done");
          return ready("work") == 1 && runnerProcesses().size() == 1;
        });
  }

  /** Calls come just when the runner ends as idle, a little earlier or a little later. */
  @Test
  void aCallThatMeetsItsRunnersEndIsServedByTheNext() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 500ms"));
    JavaProcess app = startApp("app", "work");
    for (int i = 0; i < 12; i++) {
      app.say("patient race" + i + " 1");
      assertThat(outcome(app, "race" + i)).startsWith("done");
      TimeUnit.MILLISECONDS.sleep(470 + 10 * i);
    }
  }

  @Test
  void withoutCallersAndOperatorARunnerEndsByItself() throws Exception {
    JavaProcess operator = startOperatorProcess("--no-leader-election");
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: never, orphanAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    app.say("patient one 1");
    assertThat(outcome(app, "one")).startsWith("done");
    assertThat(runnerProcesses()).hasSize(1);
    String uid = runners().get(0).getMetadata().getUid();

    app.kill();
    operator.kill();

    await("the runner to end", () -> runnerProcesses().isEmpty());
    startOperator();
    await(
        "its object to go",
        () -> runners().stream().noneMatch(r -> r.getMetadata().getUid().equals(uid)));
  }
}
