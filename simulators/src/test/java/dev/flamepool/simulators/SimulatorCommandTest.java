package dev.flamepool.simulators;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulators as commands. */
class SimulatorCommandTest {
  private record Ended(int code, String out, String err) {}

  private static Ended run(String simulator, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.flamepool.simulators." + simulator + ".Main"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), out, err);
  }

  @Test
  void helpIsGivenWhereItIsAskedFor() throws Exception {
    for (String simulator : List.of("fly", "ec2", "node")) {
      Ended ended = run(simulator, "--state-dir", "x", "--help");
      assertThat(ended.code()).isZero();
      assertThat(ended.out()).contains("simulator", "--state-dir DIR");
      assertThat(ended.err()).isEmpty();
    }
  }

  @Test
  void whatKeepsItFromStartingIsOneSentence(@TempDir Path folder) throws Exception {
    assertThat(run("ec2", "--state-dir", folder.toString(), "--vcpus", "many"))
        .extracting(Ended::code, ended -> ended.err().lines().findFirst().orElse(""))
        .containsExactly(2, "--vcpus is 'many': give a whole number");
    assertThat(run("node", "--state-dir", folder.toString()))
        .extracting(Ended::code, ended -> ended.err().lines().findFirst().orElse(""))
        .containsExactly(2, "--kubeconfig is missing");
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(busy.getLocalPort());
      assertThat(run("fly", "--state-dir", folder.toString(), "--port", port))
          .isEqualTo(
              new Ended(
                  1,
                  "",
                  "the Fly simulator cannot start: its port is in use; give another --port, or none"
                      + " for a free one\n"));
    }
  }
}
