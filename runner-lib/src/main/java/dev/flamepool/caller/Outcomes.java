package dev.flamepool.caller;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallerClosedException;
import dev.flamepool.ExecutionTimeoutException;
import dev.flamepool.FlameException;
import dev.flamepool.MessageTooLargeException;
import dev.flamepool.PoolState;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RunnerLostException;
import dev.flamepool.RunnerLostException.Started;
import dev.flamepool.wire.HeapFullException;
import dev.flamepool.wire.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What a reply means to the one who made the call. */
final class Outcomes {
  private Outcomes() {}

  /**
   * Where a call was and how long it might take there.
   *
   * @param pool {@code namespace/name}
   * @param runner its name
   * @param limit of execution, null for none
   * @param endCause why the runner ended, if it said so or the pool did
   * @param closing why the pool ends its runners and takes no calls, null while it does
   */
  record Place(
      String pool,
      String runner,
      @Nullable Duration limit,
      @Nullable String endCause,
      @Nullable String closing) {}

  /**
   * The value, or the exception.
   *
   * @param ending why this end no longer wanted it, if so
   */
  static @Nullable Object of(Reply reply, Place place, Call.@Nullable Ending ending) {
    if (reply instanceof Reply.Result result && ending != Call.Ending.DEADLINE) {
      return result.value();
    }
    if (reply instanceof Reply.Unreadable unreadable) {
      throw unreadable(unreadable.cause(), place);
    }
    if (ending != null) {
      throw ended(ending, place);
    }
    if (reply instanceof Reply.Failed failed) {
      throw failed(failed, place);
    }
    if (reply instanceof Reply.Lost lost) {
      throw lost(lost.started() ? Started.YES : Started.UNKNOWN, lost.cause(), place);
    }
    throw new IllegalStateException("not an end of a call: " + reply);
  }

  static CallInterruptedException interrupted(String pool, String where) {
    return new CallInterruptedException(
        "The thread was interrupted while its call to FlamePool "
            + pool
            + " "
            + where
            + "; the call was cancelled.");
  }

  static CallerClosedException closed(String pool, String what) {
    return new CallerClosedException(
        "The Flame is closed; a call to FlamePool "
            + pool
            + " "
            + what
            + ". Close it after the last call, and keep one for the life of the process.");
  }

  private static RuntimeException ended(Call.Ending ending, Place place) {
    return switch (ending) {
      case INTERRUPTED -> interrupted(place.pool(), "ran on " + place.runner());
      case CANCELLED -> new CancellationException();
      case CLOSED -> closed(place.pool(), "that ran on " + place.runner() + " was cancelled");
      case DEADLINE -> timedOut(place);
    };
  }

  private static FlameException failed(Reply.Failed failed, Place place) {
    return switch (failed.kind()) {
      case CALL_NOT_READABLE, RESULT_NOT_SERIALIZABLE -> notTaken(failed, place);
      case TIMED_OUT -> timedOut(place);
      case CANCELLED, RUNNER_ENDED -> lost(Started.YES, null, place);
      default -> remote("", failed, place);
    };
  }

  private static FlameException notTaken(Reply.Failed failed, Place place) {
    String what =
        failed.kind() == Reply.Failed.Kind.CALL_NOT_READABLE
            ? "could not read the call, which never started"
            : "ran the call, but its result cannot be sent back";
    boolean tooLarge =
        failed.failure() instanceof dev.flamepool.wire.MessageTooLargeException
            || HeapFullException.in(failed.failure()) != null;
    return tooLarge
        ? new MessageTooLargeException(
            "Runner " + place.runner() + " " + what + ": " + failed.failure().getMessage())
        : remote(what, failed, place);
  }

  private static RemoteCallException remote(String what, Reply.Failed failed, Place place) {
    Throwable original = failed.failure();
    return new RemoteCallException(
        "Runner " + place.runner() + (what.isEmpty() ? ": " : " " + what + ": ") + original,
        place.runner(),
        original.getClass().getName(),
        failed.remoteTrace(),
        original);
  }

  private static FlameException unreadable(Exception cause, Place place) {
    HeapFullException full = HeapFullException.in(cause);
    if (full != null) {
      return new MessageTooLargeException(
          "Runner "
              + place.runner()
              + " ran the call, but this process cannot hold what it sent back: "
              + full.getMessage());
    }
    return new RemoteCallException(
        "Runner "
            + place.runner()
            + " ran the call, but what it sent back is not accepted here: "
            + cause.getMessage()
            + ". Return JDK values or classes of the application.",
        place.runner(),
        cause.getClass().getName(),
        "",
        cause);
  }

  static ExecutionTimeoutException timedOut(Place place) {
    Duration limit = place.limit() == null ? Duration.ZERO : place.limit();
    return new ExecutionTimeoutException(
        "The call was not done within "
            + seconds(limit)
            + " on runner "
            + place.runner()
            + " and was interrupted there. Raise spec.timeout of FlamePool "
            + place.pool()
            + ", or give the call its own: pool.with(o -> o.timeout(...)).",
        place.runner(),
        limit);
  }

  private static RunnerLostException lost(
      Started started, @Nullable IOException cause, Place place) {
    return new RunnerLostException(
        lostOn(started, place)
            + (place.closing() == null
                ? ". If repeating the work does no harm, let it be repeated:"
                    + " pool.with(o -> o.retryOnRunnerLost(2))."
                : closed(place)),
        place.runner(),
        started,
        place.endCause(),
        cause);
  }

  private static String closed(Place place) {
    return ", because the pool " + place.closing() + "; it takes no calls until that ends.";
  }

  private static String lostOn(Started started, Place place) {
    String reason = place.endCause();
    return "Runner "
        + place.runner()
        + " of FlamePool "
        + place.pool()
        + " was lost "
        + (started == Started.YES
            ? "while the call ran there"
            : "after the call was sent; it may have run")
        + (reason == null ? "" : " (" + reason + ")");
  }

  /** A call that was lost with its runner found no other one to be repeated on. */
  static RunnerLostException notRepeated(Reply reply, Place place, FlameException why) {
    boolean maybe = reply instanceof Reply.Lost lost && !lost.started();
    Started started = maybe ? Started.UNKNOWN : Started.YES;
    return new RunnerLostException(
        lostOn(started, place) + ". It was not repeated: " + why.getMessage(),
        place.runner(),
        started,
        place.endCause(),
        why);
  }

  static RunnerLostException objectLost(Started started, Place place) {
    String reason = place.endCause();
    return new RunnerLostException(
        "Runner "
            + place.runner()
            + " of FlamePool "
            + place.pool()
            + " was lost"
            + (reason == null ? "" : " (" + reason + ")")
            + ", and with it the object that was kept there; the call "
            + switch (started) {
              case NO -> "never started";
              case YES -> "ran";
              case UNKNOWN -> "may have run";
            }
            + (place.closing() == null
                ? ". Nothing is placed anew by itself: place it again, pool.place(...)."
                : closed(place)),
        place.runner(),
        started,
        reason,
        null);
  }

  static QueueTimeoutException turnTooLate(Place place, PoolState state) {
    return new QueueTimeoutException(
        "The call on an object of runner "
            + place.runner()
            + " of FlamePool "
            + place.pool()
            + " did not get its turn within "
            + seconds(place.limit() == null ? Duration.ZERO : place.limit())
            + " (the call's timeout), as the calls before it took so long; it never started. Give it"
            + " more, or let more calls run on the object at once: pool.with(o ->"
            + " o.concurrency(...)).place(...).",
        state);
  }

  static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
