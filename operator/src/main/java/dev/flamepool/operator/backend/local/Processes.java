package dev.flamepool.operator.backend.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finding and ending processes without ever hitting another one. */
final class Processes {
  /** Start instants are rounded, differently in every JVM. */
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  private Processes() {}

  /**
   * The process of a number written down earlier, if it is still that one and alive: whoever got
   * the number later also started later.
   */
  static Optional<ProcessHandle> same(RunnerFolder.Pid pid) {
    Instant latest = pid.written().plus(ROUNDING);
    return ProcessHandle.of(pid.number())
        .filter(Processes::alive)
        .filter(h -> h.info().startInstant().map(start -> !start.isAfter(latest)).orElse(false));
  }

  /** Alive, and not a zombie that its new parent has not buried. */
  static boolean alive(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** Every process that was started with an argument, if that is one of its first. */
  static List<ProcessHandle> withArgument(String argument) {
    return ProcessHandle.allProcesses().filter(h -> has(h.info(), argument)).toList();
  }

  private static boolean has(ProcessHandle.Info info, String argument) {
    // The JDK gives no arguments of a long command line, but the line's beginning.
    return info.arguments()
        .map(arguments -> Arrays.asList(arguments).contains(argument))
        .orElseGet(() -> info.commandLine().orElse("").contains(" " + argument + " "));
  }

  /** Kills a process and what it started. */
  static void kill(ProcessHandle process) {
    Stream.concat(process.descendants(), Stream.of(process))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
  }
}
