package dev.flamepool.simulators;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A simulator as a process: reads its options, says when it is ready and where, and ends on
 * SIGTERM. It ends with 2 for options that it does not understand and with 1 if it cannot start.
 */
public final class SimulatorCommand {
  private static final int MISUSED = 2;

  /** What runs. */
  public record Running(URI uri, Runnable close) {}

  /** Makes it, from the options. */
  public interface Start {
    /** Starts it. */
    Running start() throws IOException;
  }

  private final String name;
  private final String usage;
  private final Map<String, Runnable> flags = new LinkedHashMap<>();
  private final Map<String, Consumer<String>> options = new LinkedHashMap<>();
  private final Set<String> needed = new LinkedHashSet<>();

  /**
   * One without options.
   *
   * @param name such as {@code the Fly simulator}
   * @param usage its options, a line each
   */
  public SimulatorCommand(String name, String usage) {
    this.name = name;
    this.usage = usage;
  }

  /** An option without a value. */
  public SimulatorCommand flag(String flag, Runnable given) {
    flags.put(flag, given);
    return this;
  }

  /** An option with a value; may be given more than once. */
  public SimulatorCommand option(String option, Consumer<String> given) {
    options.put(option, given);
    return this;
  }

  /** One that has to be given. */
  public SimulatorCommand needed(String option, Consumer<String> given) {
    needed.add(option);
    return option(option, given);
  }

  /** A whole number. */
  public static int number(String option, String value) {
    if (!value.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(option + " is '" + value + "': give a whole number");
    }
    return Integer.parseInt(value);
  }

  /** The two sides of {@code NAME=VALUE}. */
  public static String[] pair(String option, String value) {
    String[] pair = value.split("=", 2);
    if (pair.length < 2 || pair[1].isEmpty()) {
      throw new IllegalArgumentException(option + " is '" + value + "': give NAME=VALUE");
    }
    return pair;
  }

  /** Runs until the process is told to end. */
  public void run(String[] arguments, Start start) throws InterruptedException {
    if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
      System.out.println(name + "\n" + usage);
      return;
    }
    try {
      read(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + usage);
      System.exit(MISUSED);
    }
    Running running;
    try {
      running = start.start();
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(name + " cannot start: " + words(e));
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(running.close(), "close"));
    System.out.println(name + " is ready at " + running.uri());
    new CountDownLatch(1).await();
  }

  private static String words(Exception e) {
    return e instanceof BindException
        ? "its port is in use; give another --port, or none for a free one"
        : e instanceof FileSystemException ? e.toString() : e.getMessage();
  }

  private void read(String[] arguments) {
    Set<String> missing = new LinkedHashSet<>(needed);
    for (int i = 0; i < arguments.length; i++) {
      String given = arguments[i];
      missing.remove(given);
      if (flags.containsKey(given)) {
        flags.get(given).run();
        continue;
      }
      Consumer<String> option = options.get(given);
      if (option == null) {
        throw new IllegalArgumentException(given + " is no option");
      }
      if (++i == arguments.length || arguments[i].isEmpty()) {
        throw new IllegalArgumentException(given + " lacks its value");
      }
      option.accept(arguments[i]);
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(missing.iterator().next() + " is missing");
    }
  }
}
