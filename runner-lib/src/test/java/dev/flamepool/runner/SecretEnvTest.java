package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What it reads; that it works is shown with the Fly simulator, whose machines are processes. */
class SecretEnvTest {
  private static String parent(String lines) {
    return Base64.getEncoder().encodeToString(lines.getBytes(UTF_8));
  }

  @Test
  void thePathIsTheLineOfItsNameOnly() {
    assertThat(ParentPaths.path(parent("pool=p\nenv=/flame/boot/env\nport=1\n"), "env"))
        .hasValue(Path.of("/flame/boot/env"));
    assertThat(ParentPaths.path(parent("env=/e"), "env")).hasValue(Path.of("/e"));
    assertThat(ParentPaths.path(parent("pool=p\nenvironment=/x\nfolder=/env=/y\n"), "env"))
        .isEmpty();
    assertThat(ParentPaths.path(parent("env=\n"), "env")).isEmpty();
    assertThat(ParentPaths.path("not base64!", "env")).isEmpty();
    assertThat(ParentPaths.path("", "env")).isEmpty();
  }

  @Test
  void theSecondProcessIsToldEverythingElse() {
    assertThat(
            new String(
                Base64.getDecoder()
                    .decode(ParentPaths.without(parent("pool=p\nenv=/e\nport=1\n"), "env")),
                UTF_8))
        .isEqualTo("pool=p\nport=1\n");
  }

  @Test
  void everyValueIsExact() {
    assertThat(SecretEnv.read("A=1\0B=x=y\n$`\"'\\ ü\0EMPTY=\0".getBytes(UTF_8)))
        .containsEntry("A", "1")
        .containsEntry("B", "x=y\n$`\"'\\ ü")
        .containsEntry("EMPTY", "")
        .hasSize(3);
  }
}
