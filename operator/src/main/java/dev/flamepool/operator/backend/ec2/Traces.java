package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Trace}s of this process, those forgotten first that were used least lately, and the
 * order of its calls. Thread-safe.
 */
final class Traces {
  private static final int MAX = 10_000;

  private final Clock clock;
  private final AtomicLong calls = new AtomicLong();

  /** When this process first did anything: before that another one may have launched. */
  private @Nullable Instant born;

  private final Map<MachineKey, Trace> traces =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MachineKey, Trace> eldest) {
          return size() > MAX;
        }
      };

  Traces(Clock clock) {
    this.clock = clock;
  }

  /** What is known of an attempt's instance. */
  Trace of(MachineKey key) {
    born();
    synchronized (traces) {
      return traces.computeIfAbsent(key, k -> new Trace());
    }
  }

  /** The same, with what the runner's status says of it. */
  Trace of(MachineRef ref) {
    Trace trace = of(ref.key());
    synchronized (trace) {
      trace.stored = ref.id().filter(id -> id.startsWith("i-"));
    }
    return trace;
  }

  /** The last moment at which anybody may have asked for the instance. */
  Instant asked(Trace trace) {
    Instant born = born();
    return trace.asked.isAfter(born) ? trace.asked : born;
  }

  /** The numbers of this process's calls. */
  AtomicLong calls() {
    return calls;
  }

  /** A call that changed something is over: a listing counts only if it is later. */
  void changed(Trace trace) {
    trace.changed = calls.incrementAndGet();
  }

  private synchronized Instant born() {
    if (born == null) {
      born = clock.instant();
    }
    return born;
  }
}
