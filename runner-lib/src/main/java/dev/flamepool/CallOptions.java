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
  public static final CallOptions DEFAULTS = new CallOptions(null, 0, false);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final @Nullable Duration timeout;
  private final int retries;
  private final boolean detached;

  private CallOptions(@Nullable Duration timeout, int retries, boolean detached) {
    this.timeout = timeout;
    this.retries = retries;
    this.detached = detached;
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
    return new CallOptions(timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER, retries, detached);
  }

  /**
   * Neither waiting nor running has a limit.
   *
   * @return a changed copy
   */
  public CallOptions noTimeout() {
    return new CallOptions(FOREVER, retries, detached);
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
    return new CallOptions(timeout, times, detached);
  }

  /**
   * Work that has started may finish even if this process ends. Work is linked to its caller unless
   * said so: it is interrupted when this process ends.
   *
   * @return a changed copy
   */
  public CallOptions detached() {
    return new CallOptions(timeout, retries, true);
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

  @Override
  public String toString() {
    return "CallOptions[timeout="
        + (timeout == null ? "as the pool" : isWithoutTimeout() ? "never" : timeout)
        + ", retryOnRunnerLost="
        + retries
        + (detached ? ", detached]" : ", linked]");
  }
}
