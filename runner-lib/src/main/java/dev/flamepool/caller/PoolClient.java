package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.PoolState;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls to a pool whose runners are other processes: dispatch, one or more attempts, outcome. */
final class PoolClient implements CallEngine {
  /** Numbers calls, in this whole process. */
  static final AtomicLong IDS = new AtomicLong();

  private static final long LAST_WORDS = Duration.ofSeconds(1).toNanos();

  private final String name;
  private final Wiring wiring;
  private final Dispatcher line;
  private final Admission admission = new Admission();

  /**
   * Creates one and starts to watch the pool.
   *
   * @param namespace of the pool
   * @param name of the pool
   * @param maxQueuedBytes of encoded calls that wait
   */
  PoolClient(String namespace, String name, Wiring wiring, PoolSource source, long maxQueuedBytes) {
    this.name = name;
    this.wiring = wiring;
    this.line = new Dispatcher(namespace + "/" + name, wiring, source, maxQueuedBytes);
    source.start(line);
  }

  @Override
  public String name() {
    return name;
  }

  Dispatcher line() {
    return line;
  }

  Executor threads() {
    return wiring.threads();
  }

  @Override
  public @Nullable Object call(EncodedCall body, CallOptions options) {
    admission.enter(line.name());
    try {
      SyncCall call = new SyncCall(IDS.incrementAndGet(), body, options);
      RunnerLink link = line.tryNow();
      for (boolean again = false; ; again = true, link = null) {
        if (link == null) {
          line.enqueue(call, again);
          link = call.await(line);
        }
        Reply reply = link.exchange(call, line.poolTimeout());
        if (isOver(call, reply)) {
          return outcome(call, reply, link);
        }
      }
    } finally {
      admission.leave();
    }
  }

  @Override
  public Submitted submit(EncodedCall body, CallOptions options) {
    admission.enter(line.name());
    AsyncCall call = new AsyncCall(IDS.incrementAndGet(), body, options, this);
    try {
      RunnerLink link = line.tryNow();
      if (link != null) {
        call.granted(link);
      } else {
        line.enqueue(call, false);
      }
    } catch (RuntimeException e) {
      admission.leave();
      throw e;
    }
    return new Submitted(call.id, call.future);
  }

  /** On a thread that may block. */
  void carryOut(AsyncCall call, RunnerLink link) {
    Object value = null;
    Throwable failure = null;
    try {
      Reply reply = link.exchange(call, line.poolTimeout());
      if (!isOver(call, reply)) {
        line.enqueue(call, true);
        return;
      }
      value = outcome(call, reply, link);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    ended(call, value, failure);
  }

  /** The end of a call that nobody waits for. */
  void ended(AsyncCall call, @Nullable Object value, @Nullable Throwable failure) {
    admission.leave();
    call.complete(value, failure);
  }

  /** False if it goes to another runner. */
  private static boolean isOver(Call call, @Nullable Reply reply) {
    if (call.ending() != null) {
      return true;
    }
    if (reply == null) {
      return false;
    }
    return !isLoss(reply) || call.retriesLeft-- <= 0;
  }

  /** What is told as a lost runner: its connection ended, or its grace did before the call. */
  private static boolean isLoss(Reply reply) {
    return reply instanceof Reply.Lost
        || (reply instanceof Reply.Failed failed
            && (failed.kind() == Kind.RUNNER_ENDED || failed.kind() == Kind.CANCELLED));
  }

  private @Nullable Object outcome(Call call, @Nullable Reply reply, RunnerLink link) {
    Call.Ending ending = call.ending();
    if (reply == null) {
      throw neverStarted(ending);
    }
    Duration limit = call.options.timeout() != null ? call.options.timeout() : view().timeout();
    return Outcomes.of(
        reply, new Outcomes.Place(line.name(), link.runner(), limit, endCause(link)), ending);
  }

  private RuntimeException neverStarted(Call.@Nullable Ending ending) {
    if (ending == Call.Ending.CLOSED) {
      return Outcomes.closed(line.name(), "that had not started was cancelled");
    }
    return ending == Call.Ending.CANCELLED
        ? new CancellationException()
        : Outcomes.interrupted(line.name(), "waited for a connection");
  }

  private @Nullable String endCause(RunnerLink link) {
    String own = link.endCause();
    if (own != null) {
      return own;
    }
    for (PoolState.Failure failure : view().failures()) {
      if (failure.runner().equals(link.runner())) {
        return failure.reason() + (failure.message().isEmpty() ? "" : ": " + failure.message());
      }
    }
    return null;
  }

  private PoolView view() {
    return line.view();
  }

  @Override
  public void refuse() {
    admission.refuse();
  }

  @Override
  public boolean awaitDone(long until) throws InterruptedException {
    return admission.awaitDone(until);
  }

  @Override
  public void close() {
    admission.refuse();
    line.cutOff();
    try {
      admission.awaitDone(Ticks.now() + LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    line.close();
  }
}
