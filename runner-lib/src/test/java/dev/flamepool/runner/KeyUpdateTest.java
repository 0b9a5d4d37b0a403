package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS changes the keys of a connection after so many bytes: 128 GiB, and 64 KiB here. */
@Tag("scenario")
class KeyUpdateTest {
  @TempDir Path folder;

  @Test
  void callsGoOnWhileBothEndsChangeTheirKeys() throws Exception {
    Path limits = folder.resolve("limits");
    Files.writeString(limits, "jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^16\n");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.security.properties=" + limits,
                "-Djavax.net.debug=ssl",
                "-cp",
                System.getProperty("java.class.path"),
                KeyUpdates.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("hangs").isTrue();
      String said = Files.readString(output);
      assertThat(said.substring(Math.max(0, said.length() - 4_000))).contains("all is well");
      assertThat(said.split("write key updated", -1)).hasSizeGreaterThan(20);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
