package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of each party in turn. */
@Tag("scenario")
class FailureTest extends Scenario {
  @Test
  void aKilledRunnerFailsOnlyItsOwnCallsAndMinIsRestored() throws Exception {
    startOperator();
    applyPool("work", local("min: 2, max: 2, maxConcurrency: 1, idleShutdownAfter: 2s"));
    await("both warm runners", () -> ready("work") == 2);
    JavaProcess app = startApp("app", "work");
    Path victimFile = folder.resolve("victim");
    app.say("hold victim " + victimFile);
    await("the call to run", () -> Files.exists(victimFile));
    IntStream.range(0, 4).forEach(i -> app.say("patient w" + i + " 200"));

    ProcessHandle victim = holderOf(victimFile);
    victim.destroyForcibly();

    assertThat(outcome(app, "victim")).contains("RunnerLostException");
    IntStream.range(0, 4).forEach(i -> assertThat(outcome(app, "w" + i)).startsWith("done"));
    await("min to be restored", () -> ready("work") == 2);
    assertThat(runnerProcesses()).hasSize(2).doesNotContain(victim);
  }

  private static ProcessHandle holderOf(Path file) throws IOException {
    return ProcessHandle.of(Long.parseLong(Files.readString(file))).orElseThrow();
  }

  @Test
  void aKilledOperatorLeavesCallsRunningAndMakesNoDuplicateAfterwards() throws Exception {
    JavaProcess operator = startOperatorProcess("--no-leader-election");
    applyPool("work", local("min: 1, max: 3, maxConcurrency: 1, idleShutdownAfter: 5s"));
    await("a warm runner", () -> ready("work") == 1);
    JavaProcess app = startApp("app", "work");
    app.say("patient before 10");
    assertThat(outcome(app, "before")).startsWith("done");
    IntStream.range(0, 3).forEach(i -> app.say("patient boot" + i + " 2000"));
    await("a boot under way", () -> runners().size() > 1);

    operator.kill();
    app.say("patient during 10");
    assertThat(outcome(app, "during")).startsWith("done");
    startOperator();

    IntStream.range(0, 3).forEach(i -> assertThat(outcome(app, "boot" + i)).startsWith("done"));
    await("three ready runners at most", () -> runners().size() <= 3);
    Set<Long> pids = new HashSet<>();
    runnerProcesses().forEach(p -> pids.add(p.pid()));
    assertThat(pids).hasSizeLessThanOrEqualTo(3);
    await("only the warm runner", () -> runners().size() == 1 && runnerProcesses().size() == 1);
  }

  @Test
  void aKilledApplicationStopsItsLinkedWorkAndItsRunnersEnd() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 2s"));
    JavaProcess app = startApp("app", "work");
    Path file = folder.resolve("held");
    app.say("hold h " + file);
    await("the work to start", () -> Files.exists(file));

    app.kill();

    await("the work to be interrupted", () -> Files.readString(file).equals("interrupted"));
    await("the runner to end", () -> runnerProcesses().isEmpty() && runners().isEmpty());
    await("its demand to expire", () -> callers().equals(List.of()));
  }
}
