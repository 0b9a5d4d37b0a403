package dev.flamepool.runner;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts calls whose time is over. One alarm for all: a call usually ends later than the next
 * alarm, so that beginning one costs a comparison.
 */
final class Deadlines {
  private final Ticker ticker;
  private final long graceNanos;
  private final Consumer<String> stuck;
  private final Alarm alarm;
  private final Set<CallGate> gates = ConcurrentHashMap.newKeySet();

  /**
   * @param graceNanos how long a function may ignore its interrupt
   * @param stuck told about a call that does
   */
  Deadlines(Ticker ticker, long graceNanos, Consumer<String> stuck) {
    this.ticker = ticker;
    this.graceNanos = graceNanos;
    this.stuck = stuck;
    alarm = new Alarm(ticker, this::ring);
  }

  void add(CallGate gate) {
    gates.add(gate);
  }

  void remove(CallGate gate) {
    gates.remove(gate);
  }

  /** A call has begun that must end in {@code nanos}. */
  void in(long nanos) {
    alarm.in(nanos);
  }

  private @Nullable Long ring() {
    long now = ticker.nanos();
    long next = Long.MAX_VALUE;
    for (CallGate gate : gates) {
      long at = gate.deadline();
      if (at <= now && at != Long.MAX_VALUE) {
        if (!gate.expire(graceNanos)) {
          stuck.accept("a call ignores the interrupt at its deadline");
        }
        at = gate.deadline();
      }
      next = Math.min(next, at);
    }
    return next == Long.MAX_VALUE ? null : Math.max(0, next - now);
  }
}
