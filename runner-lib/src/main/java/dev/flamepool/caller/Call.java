package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: it waits in line, is granted a runner, runs there, ends. While it runs it is
 * asked every 40 ms or so whether to go on.
 */
abstract class Call implements Wait {
  /** Why this end no longer wants a call that runs. */
  enum Ending {
    INTERRUPTED,
    CANCELLED,
    CLOSED,
    DEADLINE
  }

  /** What a runner gets beyond the deadline to say itself that the time is over. */
  private static final long SLACK = Duration.ofMillis(150).toNanos();

  /** What a cancelled call gets to say so, before its connection is cut. */
  private static final long GRACE = Duration.ofMillis(60).toNanos();

  /**
   * Bytes of heap of a call without its body. Measured with compressed pointers: a tiny call with
   * its future and place in line takes 540 in all, one on a placed object 970. The rest is for what
   * the application hangs on the future.
   */
  private static final long RECORD = 1024;

  /** Its number in this process and its place in line. */
  final long id;

  final EncodedCall body;
  final CallOptions options;
  final long born = Ticks.now();
  int retriesLeft;

  /** What it has to do with objects that stay on the runner. */
  Stay stay = Stay.NONE;

  /** The place it keeps, if something stayed there. */
  volatile @Nullable Seat seat;

  /** Where it ran last, if its runner was lost and it is to run again. */
  private volatile @Nullable Loss loss;

  private volatile long waitsSince = born;
  private volatile @Nullable Ending ending;
  private @Nullable RunnerLink link;
  private int slot;
  private long deadline = Ticks.NEVER;
  private long giveUp = Ticks.NEVER;

  Call(long id, EncodedCall body, CallOptions options) {
    this.id = id;
    this.body = body;
    this.options = options;
    this.retriesLeft = options.retryOnRunnerLost();
  }

  /** Bytes of heap that it keeps while it waits. */
  final long held() {
    return RECORD + body.held();
  }

  /** A runner has a place for it: it must run there or be released. Must not block. */
  abstract void granted(RunnerLink link);

  /** It will not run. Must not block, nor run code of the application. */
  abstract void failed(FlameException why);

  /** Whether a thread waits for it and was interrupted, which ends the call. Any thread. */
  abstract boolean isInterrupted();

  /** Whether its connection must not be cut although it is no longer wanted: others need it. */
  boolean isPatient() {
    return false;
  }

  /**
   * A runner that was lost with the call.
   *
   * @param reply what told so
   */
  record Loss(RunnerLink link, Reply reply) {}

  /** Its runner was lost, and it goes to another: it waits anew, as the work took its own time. */
  final void repeat(Loss why) {
    retriesLeft--;
    loss = why;
    waitsSince = Ticks.now();
  }

  /** The last runner that was lost with it, null if none was. */
  final @Nullable Loss loss() {
    return loss;
  }

  /** When it has waited long enough: its own time is for all it does, the pool's for each wait. */
  final long waitsUntil(Duration bootTimeout) {
    Duration own = options.timeout();
    return own != null ? Ticks.after(born, own) : Ticks.after(waitsSince, bootTimeout);
  }

  /** How long it may run from now, {@link Ticks#NEVER} for no limit. */
  final long executionLimit(long now, long poolTimeout) {
    Duration own = options.timeout();
    if (own == null) {
      return poolTimeout;
    }
    long end = Ticks.after(born, own);
    return end == Ticks.NEVER ? end : Math.max(1_000_000, end - now);
  }

  /** It is about to be sent. */
  final void starts(RunnerLink link, int slot, long limit) {
    this.link = link;
    this.slot = slot;
    this.deadline = limit == Ticks.NEVER ? limit : Ticks.after(Ticks.now() + SLACK, limit);
    this.giveUp = Ticks.NEVER;
  }

  /** The one who made it no longer wants it. Any thread. */
  final void end(Ending why) {
    if (ending == null) {
      ending = why;
    }
  }

  /** Why it is no longer wanted, null if it is. */
  final @Nullable Ending ending() {
    if (ending == null && isInterrupted()) {
      end(Ending.INTERRUPTED);
    }
    return ending;
  }

  @Override
  public final boolean tick(int call) {
    RunnerLink on = link;
    long now = Ticks.now();
    if (on == null) {
      return true;
    }
    if (ending() == null) {
      if (on.isCutOff() && !options.isDetached()) {
        end(Ending.CLOSED);
      } else if (now >= deadline) {
        end(Ending.DEADLINE);
      } else {
        return true;
      }
    }
    if (giveUp == Ticks.NEVER) {
      giveUp = now + GRACE;
      on.cancel(slot, call);
      return true;
    }
    return now < giveUp || (isPatient() && ending != Ending.CLOSED);
  }
}
