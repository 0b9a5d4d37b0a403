package dev.flamepool.caller;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Stay;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Calls to a pool whose runners are other processes: dispatch, one or more attempts, outcome. */
final class PoolClient implements CallEngine {
  /** Numbers calls, in this whole process. */
  static final AtomicLong IDS = new AtomicLong();

  private final String name;
  private final Wiring wiring;
  private final Dispatcher line;
  private final QueueRoom room;
  private volatile Hold.Watch watch = Hold.Watch.NONE;
  private final Admission admission = new Admission();

  /**
   * Creates one and starts to watch the pool.
   *
   * @param namespace of the pool
   * @param name of the pool
   * @param room for calls that wait
   */
  PoolClient(String namespace, String name, Wiring wiring, PoolSource source, QueueRoom room) {
    this.name = name;
    this.wiring = wiring;
    this.room = room;
    this.line = new Dispatcher(namespace + "/" + name, wiring, source, room);
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

  Admission admission() {
    return admission;
  }

  QueueRoom room() {
    return room;
  }

  ScheduledExecutorService timer() {
    return wiring.timer();
  }

  @Override
  public @Nullable Object call(EncodedCall body, CallOptions options) {
    if (VirtualThreads.isHere()) {
      return await(submit(body, options));
    }
    return carryOut(new SyncCall(IDS.incrementAndGet(), body, options), stay(options));
  }

  @Override
  public Hold place(EncodedCall factory, CallOptions options) {
    long id = IDS.incrementAndGet();
    Stay stay = new Stay(Stay.Verb.PLACE, id);
    Hold hold =
        (Hold)
            (VirtualThreads.isHere()
                ? await(submit(new AsyncCall(id, factory, options, this), stay))
                : carryOut(new SyncCall(id, factory, options), stay));
    if (hold == null) {
      throw new IllegalStateException("nothing was placed");
    }
    hold.fill();
    return hold;
  }

  private static Stay stay(CallOptions options) {
    return options.trackResources() ? Stay.TRACK : Stay.NONE;
  }

  private @Nullable Object carryOut(SyncCall call, Stay stay) {
    call.stay = stay;
    admission.enter(line.name());
    try {
      RunnerLink link = line.tryNow();
      for (boolean again = false; ; again = true, link = null) {
        if (link == null) {
          link = await(call, again);
        }
        Reply reply = exchange(call, link);
        if (isOver(call, reply, link)) {
          return outcome(call, reply, link);
        }
      }
    } finally {
      admission.leave();
    }
  }

  private RunnerLink await(SyncCall call, boolean again) {
    try {
      line.enqueue(call, again);
      return call.await(line);
    } catch (FlameException e) {
      throw notServed(call, e);
    }
  }

  /** Why a call found no runner; if it had begun on one before, that is said. */
  private FlameException notServed(Call call, FlameException why) {
    Call.Loss loss = call.loss();
    return loss == null || why instanceof CallInterruptedException
        ? why
        : Outcomes.notRepeated(loss.reply(), placeOfLoss(call, loss.link()), why);
  }

  private @Nullable Reply exchange(Call call, RunnerLink link) {
    if (call.options.concurrency() > link.endpoint().maxConcurrency()) {
      link.release();
      throw tooManySeats(call.options, link.endpoint());
    }
    if (line.tracksResources() && call.stay.equals(Stay.NONE) && !call.options.isDetached()) {
      call.stay = Stay.TRACK;
    }
    return link.exchange(call, line.poolTimeout());
  }

  private IllegalArgumentException tooManySeats(CallOptions options, PoolView.Endpoint endpoint) {
    return new IllegalArgumentException(
        "concurrency is "
            + options.concurrency()
            + ", but a runner of FlamePool "
            + line.name()
            + " takes "
            + endpoint.maxConcurrency()
            + " calls at once. Give less, or raise spec.maxConcurrency.");
  }

  /** A connection that a virtual thread reads ends with its interrupt, so another thread reads. */
  private @Nullable Object await(Submitted call) {
    try {
      return call.future().get();
    } catch (InterruptedException e) {
      call.future().cancel(true);
      Thread.currentThread().interrupt();
      throw Outcomes.interrupted(line.name(), "waited or ran");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        failure.setStackTrace(new Throwable().getStackTrace());
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Runs on a thread that may block. Never throws, as the end of a call depends on it. */
  void onThread(Runnable work) {
    Threads.run(work, threads(), timer());
  }

  @Override
  public Submitted submit(EncodedCall body, CallOptions options) {
    return submit(new AsyncCall(IDS.incrementAndGet(), body, options, this), stay(options));
  }

  private Submitted submit(AsyncCall call, Stay stay) {
    admission.enter(line.name());
    call.stay = stay;
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
      Reply reply = exchange(call, link);
      if (!isOver(call, reply, link)) {
        line.enqueue(call, true);
        call.mayBeAbandoned();
        return;
      }
      value = outcome(call, reply, link);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    ended(call, value, failure);
  }

  /** A call that nobody waits for found no runner. */
  void failed(AsyncCall call, FlameException why) {
    ended(call, null, notServed(call, why));
  }

  /** The end of a call that nobody waits for. */
  void ended(AsyncCall call, @Nullable Object value, @Nullable Throwable failure) {
    Seat seat = call.seat;
    admission.ends();
    try {
      if (!call.complete(value, failure) && seat != null) {
        seat.cut(); // nobody is left who could close what stays there
      }
    } finally {
      admission.dependentsEnd();
    }
  }

  /** False if it goes to another runner. */
  private static boolean isOver(Call call, @Nullable Reply reply, RunnerLink link) {
    if (call.ending() != null) {
      return true;
    }
    if (reply == null) {
      return false;
    }
    if (!isLoss(reply) || call.retriesLeft <= 0) {
      return true;
    }
    call.repeat(new Call.Loss(link, reply));
    return false;
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
      throw neverStarted(call, ending, link);
    }
    if (reply instanceof Reply.Stays stays) {
      return kept(call, stays, link);
    }
    boolean lost = isLoss(reply) && ending == null;
    return Outcomes.of(reply, lost ? placeOfLoss(call, link) : place(call, link), ending);
  }

  /** The hold of a placed object, or the value with what it tracks bound to one. */
  private @Nullable Object kept(Call call, Reply.Stays stays, RunnerLink link) {
    Seat seat = call.seat;
    if (seat == null) {
      throw new IllegalStateException("something stays, but nowhere");
    }
    boolean placed = call.stay.verb() == Stay.Verb.PLACE;
    int objects = placed ? 1 : stays.tracked().size();
    Keeper keeper = new RunnerKeeper(this, link, call.id);
    Hold hold = new Hold(keeper, seat, objects, call.options.concurrency(), watch);
    link.holds(hold);
    if (placed) {
      return hold;
    }
    PlacedHandle.bind(
        stays.tracked(), hold, line.name(), call.body.site().toString(), call.options);
    return stays.value();
  }

  /** Where a call was. */
  Outcomes.Place place(@Nullable Call call, RunnerLink link) {
    Duration own = call == null ? null : call.options.timeout();
    return new Outcomes.Place(
        line.name(),
        link.runner(),
        own != null ? own : view().timeout(),
        line.losses().now(link),
        Verdict.closing(view()));
  }

  /** Where a call was that was lost with its runner: the reason is waited for. */
  Outcomes.Place placeOfLoss(Call call, RunnerLink link) {
    line.losses().await(link, Ticks.after(call.born, call.options.timeout()));
    return place(call, link);
  }

  private RuntimeException neverStarted(Call call, Call.@Nullable Ending ending, RunnerLink link) {
    return switch (ending == null ? Call.Ending.INTERRUPTED : ending) {
      case CLOSED ->
          notServed(call, Outcomes.closed(line.name(), "that had not started was cancelled"));
      case CANCELLED -> new CancellationException();
      case DEADLINE -> Outcomes.timedOut(place(call, link));
      case INTERRUPTED -> Outcomes.interrupted(line.name(), "waited for a connection");
    };
  }

  private PoolView view() {
    return line.view();
  }

  @Override
  public void watch(Hold.Watch by) {
    watch = by;
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
    admission.awaitLastWords();
    line.close();
  }
}
