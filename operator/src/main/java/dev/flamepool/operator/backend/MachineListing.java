package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The machines of one installation in one account, listed at most once a tick and shared by all who
 * ask (DESIGN section 3: one list per account per tick). Thread-safe; who asks while a list is
 * under way waits for it.
 *
 * @param <M> the cloud's own view of a machine
 */
public final class MachineListing<M extends ListedMachine> {
  /** One list, all its pages. */
  interface Lister<M> {
    List<M> list() throws BackendException;
  }

  /**
   * What one list said.
   *
   * @param number of the request among all calls of this process
   * @param begun when it was sent
   * @param machines those of one attempt may be several, the others are dead
   */
  public record Snapshot<M extends ListedMachine>(
      long number, Instant begun, Map<MachineKey, List<M>> machines) {
    /** The machine of an attempt, a living one before a dead one. */
    public Optional<M> of(MachineKey key) {
      return machines.getOrDefault(key, List.of()).stream()
          .min(Comparator.comparing(ListedMachine::isGone));
    }
  }

  private record Failed(long number, BackendException why) {}

  private final Clock clock;
  private final AtomicLong calls;
  private @Nullable Snapshot<M> last;
  private @Nullable Failed failed;

  MachineListing(Clock clock, AtomicLong calls) {
    this.clock = clock;
    this.calls = calls;
  }

  /**
   * A listing that is fresh enough, made now if there is none.
   *
   * @param since it must have been sent after this
   * @param after the call that it must have been sent after
   */
  Snapshot<M> get(Instant since, long after, Lister<M> lister) throws BackendException {
    long asked = calls.incrementAndGet();
    synchronized (this) {
      if (last != null && last.begun().isAfter(since) && last.number() > after) {
        return last;
      }
      if (failed != null && failed.number() > asked) {
        throw failed.why(); // made while this one waited
      }
      long number = calls.incrementAndGet();
      Instant begun = clock.instant();
      try {
        last = new Snapshot<>(number, begun, byKey(lister.list()));
        return last;
      } catch (BackendException e) {
        // A list that may not be sent yet is no answer about the machine.
        BackendException why =
            e.kind() == Kind.RATE_LIMITED ? BackendException.unsettled(e.getMessage()) : e;
        failed = new Failed(number, why);
        throw why;
      }
    }
  }

  /** Whether the last list was sent after an instant and held nothing of a namespace. */
  synchronized boolean isEmptySince(Instant since, String namespace) {
    return last != null
        && last.begun().isAfter(since)
        && last.machines().entrySet().stream()
            .filter(entry -> entry.getKey().namespace().equals(namespace))
            .allMatch(entry -> entry.getValue().stream().allMatch(ListedMachine::isGone));
  }

  private static <M extends ListedMachine> Map<MachineKey, List<M>> byKey(List<M> machines) {
    Map<MachineKey, List<M>> byKey = new HashMap<>();
    for (M machine : machines) {
      machine
          .key()
          .ifPresent(key -> byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(machine));
    }
    return byKey;
  }
}
