package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.Placed;
import dev.flamepool.RunnerLostException;
import dev.flamepool.RunnerLostException.Started;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Stay;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects that are kept on one runner together, and the line of calls on them: in order, as many at
 * once as there are seats. What ends it is the release of the last object, or the loss of the
 * runner.
 */
final class Hold {
  private static final Logger LOG = LoggerFactory.getLogger(Placed.class);

  private static final long SLACK = 150_000_000;

  private final Keeper keeper;
  private final int maxSeats;
  private final Watch watch;

  // Guarded by this.
  private final List<Seat> seats = new ArrayList<>();
  private final Deque<Seat> free = new ArrayDeque<>();
  private final Deque<HeldCall> line = new ArrayDeque<>();
  private final QueueRoom.Share room;
  private final Set<HeldCall> running = new HashSet<>();
  private final List<WeakReference<Consumer<RunnerLostException>>> listeners = new ArrayList<>();
  private int objects;
  private boolean closed;
  private boolean growing;
  private @Nullable RunnerLostException lost;

  /**
   * Creates one.
   *
   * @param objects how many there are, to be released one by one
   * @param maxSeats calls at once
   * @param watch what sees every call on them
   */
  Hold(Keeper keeper, Seat first, int objects, int maxSeats, Watch watch) {
    this.keeper = keeper;
    this.room = keeper.room().new Share();
    this.watch = watch;
    this.maxSeats = maxSeats;
    this.objects = objects;
    seats.add(first);
    free.add(first);
  }

  String runner() {
    return keeper.place(null).runner();
  }

  /** Takes the other seats as far as they are there. Blocks. */
  void fill() {
    while (grow()) {
      // one more
    }
  }

  private boolean grow() {
    synchronized (this) {
      if (growing || closed || seats.size() >= maxSeats) {
        return false;
      }
      growing = true;
    }
    Seat seat = keeper.another();
    boolean late;
    synchronized (this) {
      growing = false;
      late = closed;
      if (seat != null && !late) {
        seats.add(seat);
        free.add(seat);
      }
    }
    if (seat == null) {
      return false;
    }
    if (late) {
      seat.cut();
      return false;
    }
    pump();
    return true;
  }

  /** What sees every call made through it. */
  interface Watch {
    /** Sees nothing. */
    Watch NONE = (body, submit) -> submit.apply(body);

    /** Submits the call, or what it made of it. */
    CallEngine.Submitted submit(
        EncodedCall body, Function<EncodedCall, CallEngine.Submitted> submit);
  }

  /** Makes a call on that object. */
  CallEngine.Submitted submit(int object, EncodedCall body, CallOptions options) {
    return watch.submit(body, seen -> started(object, seen, options));
  }

  private CallEngine.Submitted started(int object, EncodedCall body, CallOptions options) {
    HeldCall call =
        new HeldCall(
            PoolClient.IDS.incrementAndGet(),
            body,
            options,
            new Stay(Stay.Verb.ON, object),
            false,
            keeper.admission());
    keeper.admission().enter(keeper.place(call).pool());
    try {
      enqueue(call);
    } catch (RuntimeException e) {
      keeper.admission().leave();
      throw e;
    }
    return new CallEngine.Submitted(call.id, call.future);
  }

  private void enqueue(HeldCall call) {
    boolean more;
    synchronized (this) {
      if (lost != null) {
        throw Outcomes.objectLost(Started.NO, keeper.place(call));
      }
      if (closed) {
        throw wasClosed(call);
      }
      if (call.stay.verb() != Stay.Verb.RELEASE && !room.fits(call)) {
        throw room.full(
            "their turn on an object of runner " + keeper.place(call).runner(),
            call,
            "Make fewer calls at once");
      }
      line.add(call);
      room.add(call);
      more = free.isEmpty() && seats.size() < maxSeats;
      closed |= call.alone;
    }
    Futures.atEnd(call.future, (value, failure) -> abandoned(call));
    pump();
    if (more) {
      soon(this::grow);
    }
    if (call.options.timeout() != null && !call.options.isWithoutTimeout()) {
      after(call.executionLimit(Ticks.now(), 0), call, () -> waitedInVain(call));
    }
  }

  /** Does that after a time unless the call has ended by then. */
  private void after(long nanos, HeldCall call, Runnable work) {
    try {
      Future<?> alarm = keeper.timer().schedule(() -> soon(work), nanos, TimeUnit.NANOSECONDS);
      Futures.atEnd(call.future, (value, failure) -> alarm.cancel(false));
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  /** Gives turns while there are both calls and seats. */
  private void pump() {
    while (true) {
      HeldCall call;
      Seat seat;
      synchronized (this) {
        call = line.peek();
        if (call == null || free.isEmpty() || (call.alone && free.size() < seats.size())) {
          return;
        }
        line.remove();
        room.remove(call);
        if (call.alone) {
          seat = seats.get(0);
          free.clear();
        } else {
          seat = free.remove();
        }
        running.add(call);
      }
      soon(() -> carryOut(call, seat));
    }
  }

  private void carryOut(HeldCall call, Seat seat) {
    Outcomes.Place place = keeper.place(call);
    long limit = call.executionLimit(Ticks.now(), keeper.poolTimeout());
    if (limit != Ticks.NEVER) {
      after(limit, call, () -> call.stop(Call.Ending.DEADLINE));
      after(
          Ticks.after(SLACK, limit),
          call,
          () -> call.future.completeExceptionally(Outcomes.timedOut(place)));
    }
    Object value = null;
    Throwable failure = null;
    try {
      Reply reply = seat.carryOut(call);
      Started loss = keeper.lossIn(call, reply);
      if (loss != null) {
        if (keeper.isCutOff()) {
          throw cancelled(place);
        }
        lost();
        throw Outcomes.objectLost(loss, keeper.placeOfLoss(call));
      }
      value = Outcomes.of(reply, place, call.ending());
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    synchronized (this) {
      running.remove(call);
    }
    if (call.alone) {
      end(seat);
    } else {
      giveBack(seat);
    }
    keeper.admission().ends();
    try {
      if (failure != null) {
        call.future.completeExceptionally(failure);
      } else {
        call.future.complete(value);
      }
    } finally {
      keeper.admission().dependentsEnd();
    }
  }

  private void giveBack(Seat seat) {
    synchronized (this) {
      if (seats.contains(seat)) { // not once it is given up
        free.add(seat);
      }
    }
    pump();
  }

  /** The future ended: if not by the call's own end, the call is no longer wanted. */
  private void abandoned(HeldCall call) {
    boolean waited;
    synchronized (this) {
      waited = line.remove(call);
      if (waited) {
        room.remove(call);
      }
    }
    if (waited) {
      keeper.admission().leave();
      pump();
    }
    call.stop(Call.Ending.CANCELLED);
  }

  private void waitedInVain(HeldCall call) {
    boolean waits;
    synchronized (this) {
      waits = line.contains(call);
    }
    if (waits) {
      call.future.completeExceptionally(
          Outcomes.turnTooLate(keeper.place(call), keeper.state(line())));
    }
  }

  private synchronized int line() {
    return line.size();
  }

  /** Waits for what {@link #submit} began. */
  static @Nullable Object await(CallEngine.Submitted call, String pool, String runner) {
    try {
      return call.future().get();
    } catch (InterruptedException e) {
      call.future().cancel(true);
      Thread.currentThread().interrupt();
      throw Outcomes.interrupted(pool, "ran on an object of runner " + runner);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        failure.setStackTrace(new Throwable().getStackTrace());
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Closes that object after the calls before; with the last one all ends. */
  void release(int object, CallOptions options) {
    boolean last;
    synchronized (this) {
      if (closed || lost != null) {
        return;
      }
      last = --objects == 0;
    }
    HeldCall call =
        new HeldCall(
            PoolClient.IDS.incrementAndGet(),
            EncodedCall.NOTHING,
            options,
            new Stay(Stay.Verb.RELEASE, object),
            last,
            keeper.admission());
    try {
      keeper.admission().enter(keeper.place(call).pool());
    } catch (FlameException e) {
      abandon();
      return; // closed with everything else
    }
    try {
      enqueue(call);
    } catch (FlameException e) {
      keeper.admission().leave();
      return;
    }
    try {
      await(
          new CallEngine.Submitted(call.id, call.future),
          keeper.place(call).pool(),
          keeper.place(call).runner());
    } catch (RunnerLostException e) {
      // it is gone, as wanted
    } finally {
      if (last) {
        abandon(); // what is left if it did not end in order
      }
    }
  }

  /** Whether nothing is kept any more. */
  synchronized boolean isOver() {
    return closed || lost != null;
  }

  /** The same as {@link #release} without waiting, for an object that nobody can reach. */
  void releaseLater(int object, CallOptions options) {
    soon(() -> releaseAlone(object, options));
  }

  private void releaseAlone(int object, CallOptions options) {
    try {
      release(object, options);
    } catch (RuntimeException e) {
      LOG.warn("Closing a dropped object on runner {} failed: {}", runner(), e.toString());
    }
  }

  /** Nothing can be done any more. What waits stays in line until it is told. */
  private Left over() {
    synchronized (this) {
      closed = true;
      Left left = new Left(List.copyOf(seats), List.copyOf(running), List.copyOf(line));
      seats.clear();
      free.clear();
      return left;
    }
  }

  private record Left(List<Seat> seats, List<HeldCall> running, List<HeldCall> waiting) {}

  private void end(Seat first) {
    for (Seat seat : over().seats()) {
      if (seat == first) {
        seat.free();
      } else {
        seat.cut();
      }
    }
    keeper.over(this);
  }

  /** Gives all up at once; the runner closes what is left. */
  void abandon() {
    Left left = over();
    boolean cutOff = keeper.isCutOff();
    if (cutOff) {
      left.running().forEach(call -> call.stop(Call.Ending.CLOSED));
    }
    left.seats().forEach(Seat::cut);
    keeper.over(this);
    fail(left.waiting(), call -> cutOff ? cancelled(keeper.place(call)) : wasClosed(call));
  }

  private static FlameException cancelled(Outcomes.Place place) {
    return Outcomes.closed(place.pool(), "on an object of " + place.runner() + " was cancelled");
  }

  private FlameException wasClosed(Call call) {
    return new FlameException(
        "The object on runner " + keeper.place(call).runner() + " was closed.");
  }

  private void fail(List<HeldCall> calls, Function<HeldCall, FlameException> why) {
    for (HeldCall call : calls) {
      soon(() -> call.future.completeExceptionally(why.apply(call)));
    }
  }

  private void soon(Runnable work) {
    Threads.run(work, keeper.threads(), keeper.timer());
  }

  /** The runner is gone. */
  void lost() {
    RunnerLostException why = Outcomes.objectLost(Started.NO, keeper.place(null));
    Left left;
    List<WeakReference<Consumer<RunnerLostException>>> told;
    synchronized (this) {
      if (lost != null || seats.isEmpty()) {
        return;
      }
      lost = why;
      left = over();
      told = List.copyOf(listeners);
    }
    left.seats().forEach(Seat::cut);
    keeper.over(this);
    fail(left.waiting(), call -> Outcomes.objectLost(Started.NO, keeper.place(call)));
    for (WeakReference<Consumer<RunnerLostException>> each : told) {
      Consumer<RunnerLostException> listener = each.get();
      if (listener != null) {
        soon(() -> listener.accept(why));
      }
    }
  }

  /** Has it told at the loss, as long as something else holds it. */
  void onLost(Consumer<RunnerLostException> listener) {
    RunnerLostException already;
    synchronized (this) {
      already = lost;
      if (already == null) {
        listeners.add(new WeakReference<>(listener));
      }
    }
    if (already != null) {
      soon(() -> listener.accept(already));
    }
  }
}
