package dev.flamepool.simulators.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a container runs. */
class CommandTest {
  private static final Image APP = Image.ofClassPath("/here/app.jar", "com.acme.App");

  @Test
  void theImageHasAnEntryPointAndArgsFollowIt() {
    assertThat(words(List.of(), List.of("--to", "$(NAME)", "$$(NAME)", "$(OTHER)")))
        .startsWith("java")
        .endsWith("-cp", "/here/app.jar", "com.acme.App", "--to", "a", "$(NAME)", "$(OTHER)");
  }

  @Test
  void aJavaCommandFindsTheClassesOfThisHost() {
    assertThat(
            words(List.of("/opt/java/bin/java", "-Xmx1g", "-cp", "/app/*", "Main"), List.of("x")))
        .containsExactly("java", "-cp", "/here/app.jar", "-Xmx1g", "Main", "x");
    assertThat(words(List.of("java", "-jar", "/app/app.jar", "-cp"), List.of()))
        .containsExactly("java", "-cp", "/here/app.jar", "com.acme.App", "-cp");
    assertThat(
            words(List.of("java", "--add-opens", "a/b=c", "dev.flamepool.RunnerMain"), List.of()))
        .containsExactly(
            "java", "-cp", "/here/app.jar", "--add-opens", "a/b=c", "dev.flamepool.RunnerMain");
  }

  @Test
  void anyOtherCommandIsAsGiven() {
    assertThat(words(List.of("/bin/sh", "-c"), List.of("java -cp /app/* Main")))
        .containsExactly("/bin/sh", "-c", "java -cp /app/* Main");
  }

  private static List<String> words(List<String> command, List<String> args) {
    var container = new ContainerBuilder().withCommand(command).withArgs(args).build();
    return Command.of(container, APP, Map.of("NAME", "a")).words();
  }
}
