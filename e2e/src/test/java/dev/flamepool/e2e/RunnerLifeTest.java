package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What runners outlive, and what their calls see of it. */
@Tag("scenario")
class RunnerLifeTest extends Scenario {

  @Test
  void callsThatWaitAreServedAlthoughEveryRunnerWasKilled() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, maxConcurrency: 1, idleShutdownAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    Path held = folder.resolve("held");
    app.say("hold victim " + held);
    await("the only place to be taken", () -> Files.exists(held));
    IntStream.range(0, 3).forEach(i -> app.say("patient w" + i + " 1"));

    runnerProcesses().forEach(ProcessHandle::destroyForcibly);

    assertThat(outcome(app, "victim")).contains("RunnerLostException");
    IntStream.range(0, 3).forEach(i -> assertThat(outcome(app, "w" + i)).startsWith("done"));
  }

  @Test
  void aRunnerServesTheNextProcessOfItsApplication() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 20s"));
    JavaProcess old = startApp("old", "work");
    old.say("patient one 1");
    String one = outcome(old, "one");
    old.terminate();

    JavaProcess next = startApp("next", "work");
    next.say("patient two 1");
    assertThat(pid(outcome(next, "two"))).isEqualTo(pid(one));
  }

  @Test
  void theLimitOfACallIsThePoolsAndMayBeNone() throws Exception {
    startOperator();
    applyPool("work", local("min: 1, max: 1, timeout: 500ms, idleShutdownAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    Path stopped = folder.resolve("stopped");
    app.say("limited over " + stopped);
    assertThat(outcome(app, "over")).contains("ExecutionTimeoutException");
    await(
        "the work to be stopped",
        () -> Files.exists(stopped) && Files.readString(stopped).equals("interrupted"));

    applyPool("work", local("min: 1, max: 1, timeout: never, idleShutdownAfter: 5s"));
    int[] tries = {0};
    await(
        "a call without a limit",
        () -> {
          String id = "long" + tries[0]++;
          app.say("call " + id + " 1000");
          return outcome(app, id).startsWith("done");
        });
  }

  /** As when the host of both is suspended: longer than a silent peer is given. */
  @Test
  void aPauseOfApplicationAndRunnerLosesNothing() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 1m"));
    JavaProcess app = startApp("app", "work");
    app.say("patient first 1");
    long runner = pid(outcome(app, "first"));
    app.say("patient paused 3000");
    app.say("patient second 1");
    assertThat(outcome(app, "second")).startsWith("done");

    List<Long> all = List.of(runner, app.pid());
    for (long pid : all) {
      signal("STOP", pid);
    }
    TimeUnit.SECONDS.sleep(17);
    for (long pid : all) {
      signal("CONT", pid);
    }
    assertThat(pid(outcome(app, "paused"))).isEqualTo(runner);
  }

  private static void signal(String name, long pid) throws Exception {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    assertThat(code).isZero();
  }
}
