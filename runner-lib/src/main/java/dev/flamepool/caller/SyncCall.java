package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.wire.EncodedCall;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A call that its own thread waits for, carries out and returns from. */
final class SyncCall extends Call {
  private final Thread caller = Thread.currentThread();
  private volatile @Nullable Object outcome; // a RunnerLink, or why there is none

  SyncCall(long id, EncodedCall body, CallOptions options) {
    super(id, body, options);
  }

  @Override
  void granted(RunnerLink link) {
    outcome = link;
    LockSupport.unpark(caller);
  }

  @Override
  void failed(FlameException why) {
    outcome = why;
    LockSupport.unpark(caller);
  }

  @Override
  boolean isInterrupted() {
    return caller.isInterrupted();
  }

  /**
   * Waits in line.
   *
   * @return the runner; it must be released
   * @throws FlameException if there will be none
   */
  RunnerLink await(Dispatcher line) {
    while (true) {
      Object end = outcome;
      if (end instanceof RunnerLink link) {
        outcome = null; // it may come back to wait for another
        return link;
      }
      if (end instanceof FlameException why) {
        // Built by another thread: this one's trace is what helps.
        why.setStackTrace(new Throwable().getStackTrace());
        throw why;
      }
      if (ending() != null && line.withdraw(this)) {
        throw Outcomes.interrupted(line.name(), "waited for a runner");
      }
      LockSupport.park(this);
    }
  }
}
