package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The machines of one installation in one account, listed at most once a tick and shared by all who
 * ask (one list per account per tick). Thread-safe; who asks while a list is under way waits for it
 * for {@link #PATIENCE}, and no longer.
 *
 * @param <M> the cloud's own view of a machine
 */
public final class MachineListing<M extends ListedMachine> {
  /** A cloud that works answers sooner; the thread of who waits is better used otherwise. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

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

  /** Opens when the list under way is over; null while there is none. */
  private @Nullable CountDownLatch underWay;

  MachineListing(Clock clock, AtomicLong calls) {
    this.clock = clock;
    this.calls = calls;
  }

  /**
   * A listing that is fresh enough, made now if there is none.
   *
   * @param since it must have been sent after this
   * @param after the call that it must have been sent after
   * @throws BackendException ambiguous, too, if a list that others have begun takes too long
   */
  Snapshot<M> get(Instant since, long after, Lister<M> lister) throws BackendException {
    long asked = calls.incrementAndGet();
    while (true) {
      CountDownLatch others;
      synchronized (this) {
        if (last != null && last.begun().isAfter(since) && last.number() > after) {
          return last;
        }
        if (failed != null && failed.number() > asked) {
          throw failed.why(); // made while this one waited
        }
        others = underWay;
        if (others == null) {
          underWay = new CountDownLatch(1);
        }
      }
      if (others == null) {
        return listed(lister);
      }
      await(others);
    }
  }

  private static void await(CountDownLatch others) throws BackendException {
    try {
      if (others.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new BackendException(
        Kind.AMBIGUOUS, "a list of the machines is under way and has no answer yet");
  }

  private Snapshot<M> listed(Lister<M> lister) throws BackendException {
    long number = calls.incrementAndGet();
    Instant begun = clock.instant();
    Snapshot<M> made = null;
    Failed why = null;
    try {
      made = new Snapshot<>(number, begun, byKey(lister.list()));
      return made;
    } catch (BackendException e) {
      // A list that may not be sent yet is no answer about the machine.
      why =
          new Failed(
              number,
              e.kind() == Kind.RATE_LIMITED ? BackendException.unsettled(e.getMessage()) : e);
      throw why.why();
    } finally {
      over(made, why);
    }
  }

  private synchronized void over(@Nullable Snapshot<M> made, @Nullable Failed why) {
    last = made == null ? last : made;
    failed = why == null ? failed : why;
    CountDownLatch mine = underWay;
    underWay = null;
    mine.countDown();
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
