package dev.flamepool.simulators.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuestFilesTest {
  @TempDir Path root;

  private GuestFiles files(String... paths) {
    return new GuestFiles(
        root, List.of(paths).stream().map(p -> new GuestFile(p, "AAEC", 0600)).toList());
  }

  @Test
  void filesAreWrittenBelowTheRootWithTheirMode() throws Exception {
    List<GuestFile> given =
        List.of(
            new GuestFile("/flame/boot/key.pk8", "AAEC", 0400),
            new GuestFile("/flame/run.sh", "", 0755));
    GuestFiles files = new GuestFiles(root, given);
    files.write(given);
    files.write(given);
    Path key = root.resolve("flame/boot/key.pk8");
    assertThat(Files.readAllBytes(key)).containsExactly(0, 1, 2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("r--------");
    assertThat(root.resolve("flame/run.sh")).isExecutable().isEmptyFile();
  }

  @ParameterizedTest
  @CsvSource({
    "/flame/boot, ROOT/flame/boot",
    "/flame/boot/, ROOT/flame/boot",
    "/flame/boot/out.txt, ROOT/flame/boot/out.txt",
    "-Dkey=/flame/boot/ca.der, -Dkey=ROOT/flame/boot/ca.der",
    "/flame/boot/ca.der:/flame/x, ROOT/flame/boot/ca.der:ROOT/flame/x",
    "/etc/app.conf, ROOT/etc/app.conf",
    "/etc/ssl, /etc/ssl",
    "/etc, /etc",
    "/flameboot, /flameboot",
    "http://host/flame/boot, http://host/flame/boot",
    "relative/flame/boot, relative/flame/boot",
    "/, /"
  })
  void pathsOfFilesAndOfTheirOwnDirectoriesAreRewritten(String guest, String host) {
    GuestFiles files = files("/flame/boot/ca.der", "/etc/app.conf");
    String expected = host.replace("ROOT", root.toAbsolutePath().toString());
    assertThat(files.arguments(List.of(guest))).containsExactly(expected);
    assertThat(files.env(Map.of("A", guest))).containsEntry("A", expected);
  }

  @Test
  void theyAreAlsoRewrittenInsideWhatTheOperatorTellsItsRunner() {
    String told = "pool=p\nidentity=/flame/boot\nport=7600\n";
    String encoded = Base64.getEncoder().encodeToString(told.getBytes(UTF_8));
    String rewritten =
        files("/flame/boot/ca.der").env(Map.of("FLAME_PARENT", encoded)).get("FLAME_PARENT");
    assertThat(new String(Base64.getDecoder().decode(rewritten), UTF_8))
        .isEqualTo("pool=p\nidentity=" + root.toAbsolutePath() + "/flame/boot\nport=7600\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "", "/a/", "/a/../b", "/..", "/./a"})
  void aFileHasAnAbsolutePath(String path) {
    assertThatThrownBy(() -> new GuestFile(path, "", 0600))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("absolute path");
  }
}
