package dev.flamepool.simulators.machine;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Machines without processes, under a test's clock: they start at once, end when told, and obey a
 * signal after a settable time with code 12, as a runner that drains. Thread-safe.
 */
public final class ScriptedMachines implements MachineRuntime {
  private static final class Running {
    final Launch launch;
    @Nullable Instant endsAt;

    Running(Launch launch) {
      this.launch = launch;
    }
  }

  private record End(String id, Exit exit) {}

  private final Clock clock;
  private final Map<String, Running> running = new HashMap<>();
  private Exits exits = (id, exit) -> {};
  private Consumer<Launch> started = launch -> {};
  private @Nullable Duration stopTime = Duration.ZERO;
  private int refusals;

  /** No machines yet. */
  public ScriptedMachines(Clock clock) {
    this.clock = clock;
  }

  /** How long machines take to obey a signal other than SIGKILL; null: they ignore it. */
  public synchronized void stopTime(@Nullable Duration time) {
    stopTime = time;
  }

  /** The next starts fail, that many of them. */
  public synchronized void refuse(int starts) {
    refusals = starts;
  }

  /** Told of every start from now on; replaces the consumer before. */
  public synchronized void onStart(Consumer<Launch> listener) {
    started = listener;
  }

  /** A machine's process ends by itself; nothing happens if it does not live. */
  public void exit(String id, Exit exit) {
    Exits listener;
    synchronized (this) {
      if (running.remove(id) == null) {
        return;
      }
      listener = exits;
    }
    listener.ended(id, exit);
  }

  @Override
  public synchronized Set<String> running() {
    return new TreeSet<>(running.keySet());
  }

  /** What a living machine was started with. */
  public synchronized Optional<Launch> launch(String id) {
    return Optional.ofNullable(running.get(id)).map(r -> r.launch);
  }

  @Override
  public synchronized void onExit(Exits listener) {
    exits = listener;
  }

  @Override
  public void start(Launch launch) throws IOException {
    Consumer<Launch> listener;
    synchronized (this) {
      if (refusals > 0) {
        refusals--;
        throw new IOException("refused by the script");
      }
      running.put(launch.id(), new Running(launch));
      listener = started;
    }
    listener.accept(launch);
  }

  @Override
  public synchronized boolean isRunning(String id) {
    return running.containsKey(id);
  }

  @Override
  public void signal(String id, String signal) {
    switch (signal) {
      case "SIGKILL" -> exit(id, Exit.of(137));
      case "SIGSTOP", "SIGCONT" -> {}
      default -> obey(id);
    }
  }

  private void obey(String id) {
    synchronized (this) {
      Running machine = running.get(id);
      if (machine == null || machine.endsAt != null || stopTime == null) {
        return;
      }
      machine.endsAt = clock.instant().plus(stopTime);
    }
    settle();
  }

  @Override
  public void settle() {
    Instant now = clock.instant();
    List<End> ends = new ArrayList<>();
    Exits listener;
    synchronized (this) {
      running.forEach(
          (id, machine) -> {
            if (machine.endsAt != null && !machine.endsAt.isAfter(now)) {
              ends.add(new End(id, Exit.of(12)));
            }
          });
      ends.forEach(end -> running.remove(end.id()));
      listener = exits;
    }
    ends.forEach(end -> listener.ended(end.id(), end.exit()));
  }

  @Override
  public void remove(String id) {}

  @Override
  public synchronized void close() {
    running.clear();
  }
}
