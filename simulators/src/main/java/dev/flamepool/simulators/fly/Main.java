package dev.flamepool.simulators.fly;

import static dev.flamepool.simulators.SimulatorCommand.number;
import static dev.flamepool.simulators.SimulatorCommand.pair;

import dev.flamepool.simulators.SimulatorCommand;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The Fly simulator as a process; {@code docs/simulators.md} has its options. Prints one line when
 * it is ready. SIGTERM ends it and its machines; after {@code kill -9} its machines live on, and
 * the next one with the same {@code --state-dir} has them.
 */
public final class Main {
  private static final String USAGE =
      """
      --port N               on 127.0.0.1; 0, the default, takes a free one
      --state-dir DIR        where everything is kept; needed
      --app NAME             an app; may be repeated
      --image NAME=VALUE     what machines of an image run: [JVM OPTIONS ]CLASSPATH, or
                             exec:COMMAND; may be repeated; the name * stands for all others
      --token TOKEN[=APP,..] a token and the apps it reaches; may be repeated; without, any is taken
      --boot-delay MILLIS    how long machines are created; 0 unless given, Fly takes 6000 to 9000
      --start-delay MILLIS   how long machines are starting; 0 unless given
      --ipv4                 private_ip as 127.x.y.z instead of ::ffff:127.x.y.z
      --no-rate-limits       do not refuse requests above Fly's limits
      --lenient              serve also requests that Fly's OpenAPI document does not allow
      """;

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws InterruptedException {
    FlyOptions options = new FlyOptions();
    new SimulatorCommand("the Fly simulator", USAGE)
        .flag("--ipv4", () -> options.ipv4(true))
        .flag("--no-rate-limits", () -> options.rateLimits(false))
        .flag("--lenient", () -> options.strict(false))
        .option("--port", port -> options.port(number("--port", port)))
        .needed("--state-dir", folder -> options.stateDir(Path.of(folder)))
        .option("--app", options::app)
        .option("--image", image -> image(options, pair("--image", image)))
        .option("--token", token -> token(options, token.split("=", 2)))
        .option("--boot-delay", millis -> options.bootDelay(millis("--boot-delay", millis)))
        .option("--start-delay", millis -> options.startDelay(millis("--start-delay", millis)))
        .run(
            args,
            () -> {
              FlySimulator simulator = FlySimulator.start(options);
              return new SimulatorCommand.Running(simulator.uri(), simulator::close);
            });
  }

  private static Duration millis(String option, String value) {
    return Duration.ofMillis(number(option, value));
  }

  private static void image(FlyOptions options, String[] pair) {
    options.image(pair[0], Image.parse(pair[1]));
  }

  private static void token(FlyOptions options, String[] pair) {
    options.token(pair[0], pair.length > 1 ? pair[1].split(",", -1) : new String[0]);
  }
}
