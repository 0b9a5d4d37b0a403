package dev.flamepool.operator.backend.local;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** As much of an operator as can be killed: launches one runner and waits for its end. */
final class OperatorProcess {
  private OperatorProcess() {}

  /** Arguments: state directory, file with the key, class path and main class of the runner. */
  public static void main(String[] args) throws Exception {
    MachineKey key =
        new JsonMapper().readValue(Files.readAllBytes(Path.of(args[1])), MachineKey.class);
    Map<String, byte[]> boot = Map.of("env.json", Files.readAllBytes(Path.of(args[1] + ".env")));
    LocalBackend backend = new LocalBackend(Path.of(args[0]), args[2], Clock.systemUTC());
    backend.launch(
        new LaunchAttempt(
            key, "t", "", LocalContract.entryOf(null, args[3], null, null), Boot.of(boot)));
    System.out.println("launched");
    Thread.sleep(Long.MAX_VALUE);
  }
}
