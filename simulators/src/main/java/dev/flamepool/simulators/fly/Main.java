package dev.flamepool.simulators.fly;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

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
      --image NAME=VALUE     what machines of an image run: a class path, or exec:COMMAND; may be
                             repeated; the name * stands for all others
      --token TOKEN[=APP,..] a token and the apps it reaches; may be repeated; without, any is taken
      --boot-delay MILLIS    how long machines are created; 0 unless given, Fly takes 6000 to 9000
      --start-delay MILLIS   how long machines are starting; 0 unless given
      --ipv4                 private_ip as 127.x.y.z instead of ::ffff:127.x.y.z
      --no-rate-limits       do not refuse requests above Fly's limits
      --lenient              serve also requests that Fly's OpenAPI document does not allow
      """;

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    FlyOptions options = new FlyOptions();
    boolean placed = false;
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--ipv4" -> options.ipv4(true);
          case "--no-rate-limits" -> options.rateLimits(false);
          case "--lenient" -> options.strict(false);
          default -> {
            String name = args[i++];
            placed |= name.equals("--state-dir");
            option(options, name, i < args.length ? args[i] : "");
          }
        }
      }
      if (!placed) {
        throw new IllegalArgumentException("--state-dir is missing");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    FlySimulator simulator = FlySimulator.start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "close"));
    System.out.println("the Fly simulator is ready at " + simulator.uri());
    new CountDownLatch(1).await();
  }

  private static void option(FlyOptions options, String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " lacks its value, or is no option");
    }
    String[] pair = value.split("=", 2);
    switch (name) {
      case "--port" -> options.port(Integer.parseInt(value));
      case "--state-dir" -> options.stateDir(Path.of(value));
      case "--app" -> options.app(value);
      case "--image" -> {
        if (pair.length < 2 || pair[1].isEmpty()) {
          throw new IllegalArgumentException("--image " + value + " must be NAME=VALUE");
        }
        options.image(pair[0], Image.parse(absolute(pair[1])));
      }
      case "--token" ->
          options.token(pair[0], pair.length > 1 ? pair[1].split(",", -1) : new String[0]);
      case "--boot-delay" -> options.bootDelay(Duration.ofMillis(Long.parseLong(value)));
      case "--start-delay" -> options.startDelay(Duration.ofMillis(Long.parseLong(value)));
      default -> throw new IllegalArgumentException(name + " is no option");
    }
  }

  /** Machines have working directories of their own. */
  private static String absolute(String image) {
    return image.startsWith("exec:")
        ? image
        : Arrays.stream(image.split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
  }
}
