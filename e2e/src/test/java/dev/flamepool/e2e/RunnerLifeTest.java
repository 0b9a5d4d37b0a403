package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When runners end, when they must not, and what their calls see of it. */
@Tag("scenario")
class RunnerLifeTest extends Scenario {
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

  /** {@link TestApplication} instead of the web example's. */
  private static String vetoing() {
    return Arrays.stream(JavaProcess.classPath().split(File.pathSeparator))
            .filter(entry -> !entry.contains("web-plain"))
            .collect(Collectors.joining(File.pathSeparator))
        + File.pathSeparator
        + Path.of("src/test/veto").toAbsolutePath();
  }

  private void applyPoolOf(String classPath, String options) {
    applyPool(
        "work",
        "{min: 0, max: 1, "
            + options
            + ", backends: [{name: local, local: {classPath: '"
            + classPath
            + "', jvmOptions: ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx64m']}}]}");
  }

  @Test
  void theApplicationsVetoKeepsAnIdleRunner() throws Exception {
    Path busy = Files.createFile(folder.resolve("busy"));
    startOperator();
    applyPoolOf(
        vetoing(), "idleShutdownAfter: 500ms, env: [{name: BUSY_FILE, value: '" + busy + "'}]");
    JavaProcess app = startApp("app", "work", vetoing());
    app.say("patient first 1");
    String first = outcome(app, "first");
    Path asked = folder.resolve("busy.asked");
    await("the check to be asked twice", () -> Files.exists(asked) && Files.size(asked) >= 2);
    app.say("patient second 1");
    assertThat(pid(outcome(app, "second"))).isEqualTo(pid(first));

    Files.delete(busy);
    await("the runner to end", () -> runnerProcesses().isEmpty() && runners().isEmpty());
  }

  @Test
  void twoApplicationsOnOneClassPathAreNamed() throws Exception {
    String both =
        JavaProcess.classPath() + File.pathSeparator + Path.of("src/test/veto").toAbsolutePath();
    startOperator();
    applyPoolOf(both, "idleShutdownAfter: 5s");
    JavaProcess app = startApp("app", "work", both);
    app.say("patient never 1");
    assertThat(outcome(app, "never"))
        .contains("BootFailedException", "META-INF/services")
        .contains("TestApplication", "dev.flamepool.examples.web");
  }

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
  void withoutCallersAndOperatorARunnerEndsByItself() throws Exception {
    JavaProcess operator = startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: never, orphanAfter: 1s"));
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

  @Test
  void theLimitOfACallIsThePoolsAndMayBeNone() throws Exception {
    startOperator();
    applyPool("work", local("min: 1, max: 1, timeout: 500ms, idleShutdownAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    Path stopped = folder.resolve("stopped");
    app.say("limited over " + stopped);
    assertThat(outcome(app, "over")).contains("ExecutionTimeoutException");
    await("the work to be stopped", () -> Files.readString(stopped).equals("interrupted"));

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
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 5s"));
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

  private static long pid(String outcome) {
    Matcher pid = Pattern.compile("^done .*pid=(\\d+)").matcher(outcome);
    assertThat(pid.find()).as(outcome).isTrue();
    return Long.parseLong(pid.group(1));
  }
}
