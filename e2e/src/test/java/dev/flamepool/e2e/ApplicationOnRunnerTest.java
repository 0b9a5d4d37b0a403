package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
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

  /** Forgets {@code serveIfRunner}. */
  public static final class Usage {
    private Usage() {}

    public static void main(String[] args) {
      System.out.println("Usage: app FILE");
    }
  }

  /** Does not forget it, and cannot start. */
  public static final class NoDatabase {
    private NoDatabase() {}

    public static void main(String[] args) {
      Flame.serveIfRunner(
          () -> {
            throw new IllegalStateException("no database");
          });
    }
  }

  private String outcomeWith(Class<?> main) throws Exception {
    startOperator();
    applyPoolOf(
        JavaProcess.classPath() + "', mainClass: '" + main.getName(), "idleShutdownAfter: 5s");
    JavaProcess app = startApp("app", "work", JavaProcess.classPath());
    app.say("patient never 1");
    return outcome(app, "never");
  }

  @Test
  void theCallerOfAMainThatForgetsToServeHearsIt() throws Exception {
    assertThat(outcomeWith(Usage.class))
        .contains("BootFailedException", "exit code 0 before it said hello", "Usage: app FILE")
        .contains("is `if (Flame.serveIfRunner(App::start)) return;` the first line")
        .doesNotContain("spec.max");
  }

  @Test
  void theCallerOfAnApplicationThatCannotStartHearsThatInstead() throws Exception {
    assertThat(outcomeWith(NoDatabase.class))
        .contains("BootFailedException", "no database")
        .doesNotContain("is `if (Flame.serveIfRunner")
        .doesNotContain("spec.max");
  }
}
