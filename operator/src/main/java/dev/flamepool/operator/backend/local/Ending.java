package dev.flamepool.operator.backend.local;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ending a machine's processes: those that are surely its own, and until its lock is free. */
final class Ending {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PERIOD_MS = 5;

  private Ending() {}

  /** The live processes of a machine: the one on record, and any that carries its marker. */
  static List<ProcessHandle> processes(RunnerFolder folder, Owner owner) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    folder.pid().flatMap(Processes::same).ifPresent(found::add);
    Processes.withArgument(LocalCommand.marker(owner.key().runnerUid())).stream()
        .filter(process -> !found.contains(process) && Processes.alive(process))
        .forEach(found::add);
    return found;
  }

  /**
   * Kills them.
   *
   * @throws BackendException ambiguous if something is left after five seconds
   */
  static void force(RunnerFolder folder, Owner owner) throws BackendException, IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<ProcessHandle> left = processes(folder, owner);
      if (left.isEmpty() && !folder.isLocked()) {
        return;
      }
      left.forEach(Processes::kill);
      if (System.nanoTime() > deadline) {
        throw new BackendException(Kind.AMBIGUOUS, problem(folder, owner, left));
      }
      try {
        Thread.sleep(PERIOD_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BackendException(Kind.AMBIGUOUS, "interrupted while a runner ends", e);
      }
    }
  }

  private static String problem(RunnerFolder folder, Owner owner, List<ProcessHandle> left) {
    return left.isEmpty()
        ? "%s is held by a process that is not known to be the runner: end it by hand"
            .formatted(folder.path.resolve("lock"))
        : "process %d of runner %s does not end".formatted(left.get(0).pid(), owner.key().runner());
  }
}
