package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What it reads; that it works is shown with the Fly simulator, whose machines are processes. */
class SecretEnvTest {
  @Test
  void everyValueIsExact() {
    assertThat(SecretEnv.read("A=1\0B=x=y\n$`\"'\\ ü\0EMPTY=\0".getBytes(UTF_8)))
        .containsEntry("A", "1")
        .containsEntry("B", "x=y\n$`\"'\\ ü")
        .containsEntry("EMPTY", "")
        .hasSize(3);
  }
}
