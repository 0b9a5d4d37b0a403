package dev.flamepool;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one call is to be made; what is not said here is as the pool says. Immutable: every method
 * gives a changed copy, for {@link Pool#with}.
 *
 * <pre>{@code
 * pool.with(o -> o.timeout(ofSeconds(5)).retryOnRunnerLost(2)).call(() -> ...);
 * }</pre>
 */
public final class CallOptions {
  /** What a pool's calls are made with unless said otherwise. */
  public static final CallOptions DEFAULTS = new CallOptions(null, 0, false, 1, false);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final @Nullable Duration timeout;
  private final int retries;
  private final boolean detached;
  private final int concurrency;
  private final boolean trackResources;

  private CallOptions(
      @Nullable Duration timeout,
      int retries,
      boolean detached,
      int concurrency,
      boolean trackResources) {
    if (detached && trackResources) {
      throw new IllegalArgumentException(
          "detached() and trackResources(true) contradict each other: what is tracked ends with"
              + " this process. Choose one.");
    }
    this.timeout = timeout;
    this.retries = retries;
    this.detached = detached;
    this.concurrency = concurrency;
    this.trackResources = trackResources;
  }

  /**
   * One budget for waiting and running together. Without it a call waits up to the pool's {@code
   * bootTimeout} for a slot, and then runs up to the pool's {@code timeout}.
   *
   * @param timeout more than zero
   * @return a changed copy
   */
  public CallOptions timeout(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout is " + timeout + ": give more than zero, or noTimeout()");
    }
    return timed(timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER);
  }

  /**
   * Neither waiting nor running has a limit.
   *
   * @return a changed copy
   */
  public CallOptions noTimeout() {
    return timed(FOREVER);
  }

  private CallOptions timed(Duration limit) {
    return new CallOptions(limit, retries, detached, concurrency, trackResources);
  }

  /**
   * Declares the work idempotent: if its runner is lost, it is started again on another, up to that
   * often. Not repeated unless said so (0).
   *
   * @param times 0 or more
   * @return a changed copy
   */
  public CallOptions retryOnRunnerLost(int times) {
    if (times < 0) {
      throw new IllegalArgumentException("retryOnRunnerLost is " + times + ": give 0 or more");
    }
    return new CallOptions(timeout, times, detached, concurrency, trackResources);
  }

  /**
   * Work that has started may finish even if this process ends. Work is linked to its caller unless
   * said so: it is interrupted when this process ends.
   *
   * @return a changed copy
   */
  public CallOptions detached() {
    return new CallOptions(timeout, retries, true, concurrency, trackResources);
  }

  /**
   * How many calls on an object made with {@link Pool#place} may run at once; each takes a place of
   * the runner. One unless said so. No other form of call accepts more than one.
   *
   * @param calls 1 or more, at most the runner's {@code maxConcurrency}
   * @return a changed copy
   */
  public CallOptions concurrency(int calls) {
    if (calls < 1) {
      throw new IllegalArgumentException("concurrency is " + calls + ": give 1 or more");
    }
    return new CallOptions(timeout, retries, detached, calls, trackResources);
  }

  /**
   * Whether {@link Trackable}s may be part of a result: their runner is kept until they are closed.
   * Not unless said so: then such a result is an error.
   *
   * @param track true to allow them
   * @return a changed copy
   */
  public CallOptions trackResources(boolean track) {
    return new CallOptions(timeout, retries, detached, concurrency, track);
  }

  /**
   * The budget of one call.
   *
   * @return null if the pool's limits apply; {@link #isWithoutTimeout} tells that there is none
   */
  public @Nullable Duration timeout() {
    return timeout;
  }

  /**
   * Whether {@link #noTimeout} was chosen.
   *
   * @return true if the call has no limit
   */
  public boolean isWithoutTimeout() {
    return FOREVER.equals(timeout);
  }

  /**
   * How often the work may be started again.
   *
   * @return 0 or more
   */
  public int retryOnRunnerLost() {
    return retries;
  }

  /**
   * Whether started work may outlive this process.
   *
   * @return false unless {@link #detached} was chosen
   */
  public boolean isDetached() {
    return detached;
  }

  /**
   * Calls at once on a placed object.
   *
   * @return 1 unless {@link #concurrency(int)} was chosen
   */
  public int concurrency() {
    return concurrency;
  }

  /**
   * Whether results may hold {@link Trackable}s.
   *
   * @return false unless {@link #trackResources(boolean)} was chosen
   */
  public boolean trackResources() {
    return trackResources;
  }

  @Override
  public String toString() {
    return "CallOptions[timeout="
        + (timeout == null ? "as the pool" : isWithoutTimeout() ? "never" : timeout)
        + ", retryOnRunnerLost="
        + retries
        + (concurrency > 1 ? ", concurrency=" + concurrency : "")
        + (trackResources ? ", trackResources" : "")
        + (detached ? ", detached]" : ", linked]");
  }
}
