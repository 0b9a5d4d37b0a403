package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an application says of its life on a runner. */
@Tag("scenario")
class ApplicationOnRunnerTest extends Scenario {
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
            + "', "
            + jvmOptions()
            + "}}]}");
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
}
