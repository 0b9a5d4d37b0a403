package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.PoolState;
import dev.flamepool.RunnerContext;
import dev.flamepool.RunnerLostException;
import dev.flamepool.closure.Around;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.Loaders;
import dev.flamepool.closure.TrackedHere;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Calls that run in this process, encoded and decoded as if they did not, each on a thread of its
 * own: there is no limit to how many run at once, so a call made by a call cannot wait for itself.
 */
final class InProcess implements CallEngine {
  /** What stands for a runner's name where there is none. */
  static final String PLACE = "in process";

  private final String name;
  private final @Nullable Duration poolTimeout;
  private final ClassLoader application;
  private final RunnerContext context;
  private final Threads threads;
  private final QueueRoom room;
  private final Around around;
  private final Admission admission = new Admission();
  private volatile boolean cutOff;
  private volatile Hold.Watch watch = Hold.Watch.NONE;
  private final Set<Hold> holds = ConcurrentHashMap.newKeySet();
  private final Set<Task> running = ConcurrentHashMap.newKeySet();

  InProcess(
      String name,
      @Nullable Duration poolTimeout,
      ClassLoader application,
      RunnerContext context,
      Threads threads,
      QueueRoom room,
      Around around) {
    this.name = name;
    this.poolTimeout = poolTimeout;
    this.application = application;
    this.context = context;
    this.threads = threads;
    this.room = room;
    this.around = around;
  }

  /** One call: its thread can be interrupted while it works, and only then. */
  private final class Task implements Runnable {
    final long id = PoolClient.IDS.incrementAndGet();
    final EncodedCall body;
    final CallOptions options;
    private final boolean places;
    private final List<Object> kept = new ArrayList<>();
    final CallFuture<@Nullable Object> future = new CallFuture<>(admission);
    private final AtomicReference<Call.@Nullable Ending> ending = new AtomicReference<>();
    private @Nullable Thread thread;
    private volatile @Nullable Hold hold;
    private boolean over;

    Task(EncodedCall body, CallOptions options, boolean places) {
      this.body = body;
      this.options = options;
      this.places = places;
    }

    @Override
    public void run() {
      Reply reply = null;
      if (begin()) {
        try {
          body.extras().progress().sending(PLACE);
          reply = work();
        } catch (Throwable e) { // whatever it is, whoever waits hears of it
          reply = Closures.failed(Kind.THROWN, e, application);
        } finally {
          finish();
        }
      }
      Object value = null;
      Throwable failure = null;
      try {
        value =
            reply instanceof Reply.Stays stays
                ? keep(stays)
                : Outcomes.of(
                    reply != null ? reply : new Reply.NotStarted("cancelled"),
                    place(),
                    ending.get());
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      running.remove(this);
      admission.ends();
      try {
        boolean heard =
            failure != null ? future.completeExceptionally(failure) : future.complete(value);
        Hold left = hold;
        if (!heard && left != null) {
          left.abandon(); // nobody is left who could close what stays here
        }
      } finally {
        admission.dependentsEnd();
      }
    }

    private Reply work() {
      ClassLoader application = Loaders.of(body.loader(), InProcess.this.application);
      if (places) {
        return Closures.placeHere(body, application, context, around, kept::add);
      }
      if (!options.trackResources()) {
        return Closures.runHere(body, application, context, around);
      }
      List<TrackedHere<?>> tracked = new ArrayList<>();
      Reply reply = Closures.trackHere(body, application, context, around, tracked);
      tracked.forEach(each -> kept.add(each.thing()));
      return reply;
    }

    private @Nullable Object keep(Reply.Stays stays) {
      AtomicReferenceArray<@Nullable Object> objects = new AtomicReferenceArray<>(kept.toArray());
      LocalSeat seat = new LocalSeat(objects, application, around);
      Hold kept = new Hold(new Here(seat), seat, objects.length(), options.concurrency(), watch);
      hold = kept;
      holds.add(kept);
      if (places) {
        kept.fill();
        return kept;
      }
      PlacedHandle.bind(stays.tracked(), kept, name, body.site().toString(), options);
      return stays.value();
    }

    private synchronized boolean begin() {
      thread = Thread.currentThread();
      return ending.get() == null;
    }

    private synchronized void finish() {
      over = true;
      boolean ignored = Thread.interrupted();
    }

    /** Interrupts the work unless it is over. */
    synchronized void end(Call.Ending why) {
      if (!over && ending.compareAndSet(null, why) && thread != null) {
        thread.interrupt();
      }
    }

    @Nullable Duration limit() {
      return InProcess.this.limit(options);
    }

    Outcomes.Place place() {
      return new Outcomes.Place(name, PLACE, limit(), null, null);
    }
  }

  private @Nullable Duration limit(CallOptions options) {
    Duration own = options.timeout();
    return own == null ? poolTimeout : options.isWithoutTimeout() ? null : own;
  }

  /** What a hold needs of this process. */
  private final class Here implements Keeper {
    private final Seat seat;

    Here(Seat seat) {
      this.seat = seat;
    }

    @Override
    public Outcomes.Place place(@Nullable Call call) {
      return new Outcomes.Place(name, PLACE, call == null ? null : limit(call.options), null, null);
    }

    @Override
    public Outcomes.Place placeOfLoss(Call call) {
      return place(call);
    }

    @Override
    public long poolTimeout() {
      return Ticks.nanos(poolTimeout);
    }

    @Override
    public Admission admission() {
      return admission;
    }

    @Override
    public QueueRoom room() {
      return room;
    }

    @Override
    public Executor threads() {
      return threads.blocking();
    }

    @Override
    public ScheduledExecutorService timer() {
      return threads.timer();
    }

    @Override
    public Seat another() {
      return seat;
    }

    @Override
    public RunnerLostException.@Nullable Started lossIn(HeldCall call, Reply reply) {
      return null;
    }

    @Override
    public boolean isCutOff() {
      return cutOff;
    }

    @Override
    public PoolState state(int waiting) {
      return PoolView.UNKNOWN.state(waiting);
    }

    @Override
    public void over(Hold hold) {
      holds.remove(hold);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Submitted submit(EncodedCall body, CallOptions options) {
    Task task = start(body, options, false);
    Futures.atEnd(task.future, (value, failure) -> task.end(Call.Ending.CANCELLED));
    return new Submitted(task.id, task.future);
  }

  private Task start(EncodedCall body, CallOptions options, boolean places) {
    admission.enter(name);
    Task task = new Task(body, options, places);
    running.add(task);
    try {
      begin(task);
    } catch (OutOfMemoryError e) {
      refuse(task, new FlameException("The call did not start, as no thread can be made: " + e, e));
    } catch (RejectedExecutionException e) {
      refuse(task, Outcomes.closed(name, "that had not started was cancelled"));
    }
    return task;
  }

  private void begin(Task task) {
    Duration limit = task.limit();
    if (limit != null) {
      var alarm =
          threads
              .timer()
              .schedule(
                  () -> task.end(Call.Ending.DEADLINE), limit.toNanos(), TimeUnit.NANOSECONDS);
      Futures.atEnd(task.future, (value, failure) -> alarm.cancel(false));
    }
    if (cutOff) {
      task.end(Call.Ending.CLOSED);
    }
    threads.blocking().execute(task);
  }

  private void refuse(Task task, FlameException why) {
    running.remove(task);
    admission.ends();
    try {
      task.future.completeExceptionally(why);
    } finally {
      admission.dependentsEnd();
    }
  }

  @Override
  public @Nullable Object call(EncodedCall body, CallOptions options) {
    return await(start(body, options, false));
  }

  @Override
  public Hold place(EncodedCall factory, CallOptions options) {
    return (Hold) Objects.requireNonNull(await(start(factory, options, true)));
  }

  private @Nullable Object await(Task task) {
    try {
      Duration limit = task.limit();
      if (limit == null) {
        return task.future.get();
      }
      // Work that ignores its interrupt runs on; its caller need not.
      return task.future.get(Ticks.after(100_000_000, limit), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      task.end(Call.Ending.INTERRUPTED);
      Thread.currentThread().interrupt();
      throw Outcomes.interrupted(name, "ran in process");
    } catch (TimeoutException e) {
      task.end(Call.Ending.DEADLINE);
      throw Outcomes.timedOut(task.place());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FlameException failure) {
        failure.setStackTrace(new Throwable().getStackTrace());
        throw failure;
      }
      if (e.getCause() instanceof CancellationException cancelled) {
        throw cancelled;
      }
      throw new IllegalStateException(e.getCause());
    }
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
    refuse();
    cutOff = true;
    for (Task task : running) {
      if (!task.options.isDetached()) {
        task.end(Call.Ending.CLOSED);
      }
    }
    holds.forEach(Hold::abandon);
    admission.awaitLastWords();
  }
}
