package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.Places.Account;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes over objects that call backends: each runs on a place of its account, and whoever asks for
 * it does not wait. An object has one pass at a time. Thread-safe; calls about one object must
 * follow each other.
 *
 * @param <T> kind of the objects
 */
public final class AccountPasses<T extends HasMetadata> {
  /** Comes back to objects. */
  @FunctionalInterface
  public interface Wake<T> {
    /** Has an object looked at again after a while; in place of what it said of it before. */
    void in(T object, Duration time);

    /** An object is gone: what was said of it is void. */
    default void forget(T object) {}
  }

  /**
   * A pass that is not over.
   *
   * @param since when it was asked for, or begun: a wait for a place is no slow answer
   * @param begun whether it has a place
   */
  public record Wait(Instant since, boolean begun) {}

  /** Who waits for a pass looks how it is so often: a reason is to be read within 10 s. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Places places;
  private final Wake<T> wake;
  private final Clock clock;
  private final Map<String, Pass> passes = new ConcurrentHashMap<>();

  /** Passes on these places; {@code wake} is told when one is over and nobody waited for that. */
  public AccountPasses(Places places, Wake<T> wake, Clock clock) {
    this.places = places;
    this.wake = wake;
    this.clock = clock;
  }

  /**
   * The pass over an object that is not over yet, if there is one: it learns how the object is now,
   * and there will be another after it.
   *
   * @throws RuntimeException what a pass threw that is over
   */
  public Optional<Wait> underWay(T now) {
    Pass pass = passes.get(uid(now));
    return pass == null ? Optional.empty() : pass.join(now);
  }

  /**
   * Begins a pass.
   *
   * @param flow whose it is: flows of an account take turns
   * @param pass looks at the object, and says after which time to look again
   * @return the time after which to look again, be it only how the pass is
   * @throws RuntimeException what the pass threw, if it is over
   */
  public Duration run(T object, Account account, String flow, Function<T, Duration> pass) {
    Pass made = new Pass(object, pass);
    passes.put(uid(object), made);
    try {
      places.run(account, flow, made);
    } catch (RuntimeException | Error e) {
      passes.remove(uid(object), made);
      throw e;
    }
    return made.leave();
  }

  /** An object is gone: nothing of it is kept once its pass is over. */
  public void forget(T object) {
    passes.computeIfPresent(uid(object), (uid, pass) -> pass.forget() ? null : pass);
    wake.forget(object);
  }

  /** Has something done on a place that no pass waits for. */
  public void aside(Account account, String flow, Runnable work) {
    places.run(account, flow, work);
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  private final class Pass implements Runnable {
    private final String uid;
    private final Function<T, Duration> work;
    private Instant since = clock.instant();
    private T object;
    private boolean begun;
    private boolean news;
    private boolean left;
    private boolean forgotten;
    private boolean over;
    private Duration again = Duration.ZERO;
    private @Nullable Throwable thrown;

    Pass(T object, Function<T, Duration> work) {
      this.uid = uid(object);
      this.object = object;
      this.work = work;
    }

    @Override
    public void run() {
      try {
        end(work.apply(begin()), null);
      } catch (Throwable e) {
        end(Duration.ZERO, e);
      }
    }

    private synchronized T begin() {
      begun = true;
      since = clock.instant();
      news = false;
      return object;
    }

    private void end(Duration next, @Nullable Throwable failure) {
      boolean told;
      Duration in;
      synchronized (this) {
        over = true;
        thrown = failure;
        again = news ? Duration.ZERO : forgotten ? LOOK : next;
        told = left;
        in = again;
        if (told && failure == null) {
          passes.remove(uid, this);
        } // else whoever looks next is told of it
      }
      if (told) {
        wake.in(object, in);
      }
    }

    /**
     * Has whoever asked for it look soon when it is over, unless it is. Not at once: a cache may
     * show what is gone for a while.
     */
    private synchronized boolean forget() {
      forgotten = true;
      return over;
    }

    /** Nobody waits for it. */
    private synchronized Duration leave() {
      if (!over) {
        left = true;
        return LOOK;
      }
      passes.remove(uid, this);
      rethrow();
      return again;
    }

    private synchronized Optional<Wait> join(T now) {
      if (over) {
        passes.remove(uid, this);
        rethrow();
        return Optional.empty();
      }
      object = now;
      news = true;
      return Optional.of(new Wait(since, begun));
    }

    private void rethrow() {
      if (thrown instanceof RuntimeException failure) {
        throw failure;
      }
      if (thrown instanceof Error failure) {
        throw failure;
      }
    }
  }
}
