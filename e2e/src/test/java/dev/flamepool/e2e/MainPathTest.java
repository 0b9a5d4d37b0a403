package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The main job: demand boots runners, calls run on them, and the pool goes back to zero by itself.
 */
@Tag("minicluster")
class MainPathTest extends Scenario {
  @Test
  void aPoolGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    startOperatorProcess();
    applyPool("work", local("min: 0, max: 3, maxConcurrency: 2, idleShutdownAfter: 2s"));
    JavaProcess app = startApp("app", "work");

    IntStream.range(0, 12).forEach(i -> app.say("patient c" + i + " 2500"));

    await("three runners", () -> ready("work") == 3);
    IntStream.range(0, 12).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    await("zero runners", () -> ready("work") == 0 && runners().isEmpty());
    await("no process", () -> runnerProcesses().isEmpty());
    assertThat(status("work").orElseThrow().endpoints()).isNullOrEmpty();
  }

  @Test
  @Tag("scenario")
  void twoProcessesOfOneApplicationShareThePool() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 2, maxConcurrency: 2, idleShutdownAfter: 2s"));
    JavaProcess first = startApp("first", "work");
    JavaProcess second = startApp("second", "work");
    for (int i = 0; i < 10; i++) {
      first.say("patient a" + i + " 300");
      second.say("patient b" + i + " 300");
    }
    for (int i = 0; i < 10; i++) {
      assertThat(runners()).hasSizeLessThanOrEqualTo(2);
      assertThat(together(outcome(first, "a" + i))).isLessThanOrEqualTo(2);
      assertThat(together(outcome(second, "b" + i))).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void theEnvironmentOfARunnerIsExactlyWhatThePoolGives() throws Exception {
    startOperator();
    applyPool(
        "work",
        local(
            "min: 0, max: 1, idleShutdownAfter: 2s, env: [{name: POOL_SIZE, value: \"it's $HOME `1`\"}]"));
    JavaProcess app = startApp("app", "work");
    app.say("env a POOL_SIZE");
    app.say("env b HOME");
    app.say("env c KUBECONFIG");
    assertThat(outcome(app, "a")).isEqualTo("done a it's $HOME `1`");
    assertThat(List.of(outcome(app, "b"), outcome(app, "c")))
        .containsExactly("done b null", "done c null");
  }

  private static int together(String outcome) {
    Matcher ran = Pattern.compile("together=(\\d+)").matcher(outcome);
    assertThat(ran.find()).as(outcome).isTrue();
    return Integer.parseInt(ran.group(1));
  }
}
