package dev.flamepool.operator.backend.local;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * Notices within milliseconds that a runner listens or that its process ended. Looks every few
 * milliseconds, but only at runners that boot: watch services are slower on some systems.
 */
final class Attention implements AutoCloseable {
  private static final int PERIOD_MS = 5;

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Set<ProcessHandle> attended = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor looker =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "local-runners");
            thread.setDaemon(true);
            return thread;
          });

  Attention() {
    looker.prestartCoreThread();
  }

  void onChange(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** From now on tells of this process; harmless when it does already. */
  void to(ProcessHandle process, RunnerFolder folder) {
    if (!attended.add(process)) {
      return;
    }
    String uid = folder.path.getFileName().toString();
    try {
      var unused =
          process
              .onExit()
              .thenRun(
                  () -> {
                    attended.remove(process);
                    soon(0, () -> tell(uid));
                  });
    } catch (Throwable e) {
      attended.remove(process); // the next look tries again
      throw e;
    }
    if (!folder.hasAddress()) {
      look(uid, process, folder);
    }
  }

  private void look(String uid, ProcessHandle process, RunnerFolder folder) {
    if (folder.hasAddress()) {
      tell(uid);
    } else if (attended.contains(process) && folder.exists()) {
      soon(PERIOD_MS, () -> look(uid, process, folder));
    }
  }

  /** Not on the thread that reaps processes: its stack is tiny. */
  private void soon(int afterMs, Runnable task) {
    try {
      var unused = looker.schedule(task, afterMs, MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  private void tell(String uid) {
    listeners.forEach(listener -> listener.accept(uid));
  }

  @Override
  public void close() {
    looker.shutdownNow();
    listeners.clear();
  }
}
