package dev.flamepool.runner;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ends processes that calls have started, with all that is below them: politely, and forcibly what
 * is still there after a grace. Thread-safe.
 */
final class ProcessEnds {
  static final long GRACE_NANOS = 5_000_000_000L;

  private final Ticker ticker;
  private final Threads threads;
  private final Tally told;

  ProcessEnds(Ticker ticker, Threads threads, Tally.Log log) {
    this.ticker = ticker;
    this.threads = threads;
    told = new Tally("ended processes that calls have left", ticker, log);
  }

  /** At once, on another thread. Never waits and never throws. */
  void end(List<ProcessHandle> started) {
    if (!started.isEmpty()) {
      aside(() -> politely(started));
    }
  }

  private void politely(List<ProcessHandle> started) {
    List<ProcessHandle> all =
        trees(started).filter(process -> !KeptProcesses.contains(process)).toList();
    started.stream()
        .filter(all::contains)
        .filter(LeftProcesses::runs)
        .forEach(process -> told.add(name(process) + "; Flame.keep lets one live on"));
    all.forEach(ProcessHandle::destroy);
    ticker.after(
        GRACE_NANOS,
        () -> {
          if (all.stream().anyMatch(ProcessHandle::isAlive)) {
            aside(() -> forcibly(all));
          }
        });
  }

  private static void forcibly(List<ProcessHandle> left) {
    trees(left.stream().filter(ProcessHandle::isAlive).toList())
        .filter(process -> !KeptProcesses.contains(process))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Parents first: none makes another child once the children have ended. */
  private static Stream<ProcessHandle> trees(List<ProcessHandle> roots) {
    return Stream.concat(roots.stream(), roots.stream().flatMap(ProcessHandle::descendants))
        .distinct()
        .toList()
        .stream();
  }

  /** Without its arguments, which may hold secrets. */
  private static String name(ProcessHandle process) {
    return process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName() + ", process " + process.pid())
        .orElse("process " + process.pid());
  }

  /** To list processes takes long where there are many. */
  private void aside(Runnable work) {
    Runnable safe =
        () -> {
          try {
            work.run();
          } catch (Throwable e) {
            Say.warn("could not end processes that a call has left: " + e);
          }
        };
    try {
      threads.start(safe, "flame-processes");
    } catch (Throwable noThread) {
      ticker.after(0, safe);
    }
  }
}
