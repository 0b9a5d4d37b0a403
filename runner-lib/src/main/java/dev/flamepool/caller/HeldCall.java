package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Stay;
import org.jspecify.annotations.Nullable;

/**
 * A call on an object that is kept: it waits for its turn, runs on a worker thread, and its maker
 * need not wait for its end where it ignores that it is no longer wanted.
 */
final class HeldCall extends Call {
  final CallFuture<@Nullable Object> future;

  /** Whether it needs all seats of its hold at once. */
  final boolean alone;

  private @Nullable Thread thread;

  HeldCall(
      long id,
      EncodedCall body,
      CallOptions options,
      Stay stay,
      boolean alone,
      Admission admission) {
    super(id, body, options);
    this.future = new CallFuture<>(admission);
    this.stay = stay;
    this.alone = alone;
  }

  @Override
  void granted(RunnerLink link) {
    throw new IllegalStateException("it never waits for a runner");
  }

  @Override
  void failed(FlameException why) {
    throw new IllegalStateException("it never waits for a runner", why);
  }

  @Override
  boolean isInterrupted() {
    return false;
  }

  @Override
  boolean isPatient() {
    return true;
  }

  /** It runs on this thread of this process, which may be interrupted until {@link #over}. */
  synchronized boolean begins() {
    thread = Thread.currentThread();
    return ending() == null;
  }

  synchronized void over() {
    thread = null;
    boolean ignored = Thread.interrupted();
  }

  /** It is no longer wanted. */
  synchronized void stop(Ending why) {
    end(why);
    if (thread != null) {
      thread.interrupt();
    }
  }
}
