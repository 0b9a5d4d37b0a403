package dev.flamepool.caller;

import dev.flamepool.CodeVersionMismatchException;
import dev.flamepool.FlameException;
import dev.flamepool.QueueFullException;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The line in front of a pool: a call that finds room passes without a lock; one that does not
 * waits, and a place that becomes free anywhere takes the head of the line. It ends the wait when
 * time is over or the pool's status says that waiting is of no use, and tells the source how much
 * demand there is.
 */
final class Dispatcher implements Runners.Owner, PoolSource.Listener {
  private static final long SAMPLE = Duration.ofMillis(250).toNanos();
  private static final long SWEEP = Duration.ofSeconds(5).toNanos();

  /** How long a call that failed because boots fail goes on being demand, so that boots go on. */
  private static final long REFUSED = Duration.ofSeconds(1).toNanos();

  private final String name;
  private final Wiring wiring;
  private final PoolSource source;
  private final Runners runners;
  private final Alarm alarm;
  private final ReentrantLock lock = new ReentrantLock();
  private final CallQueue queue;
  private final DemandSchedule schedule = new DemandSchedule();
  private final LossReason losses;
  private final OtherCode otherCode;
  private volatile PoolSource.News news = new PoolSource.News(PoolView.UNKNOWN, null, null);
  private volatile long poolTimeout = Ticks.nanos(PoolView.DEFAULT_TIMEOUT);
  private volatile boolean tracksResources;
  private volatile boolean called;
  private volatile boolean cutOff;
  private long refusedUntil;
  private long nextSweep;

  /**
   * Creates one.
   *
   * @param name {@code namespace/name} of the pool
   * @param room for calls that wait
   */
  Dispatcher(String name, Wiring wiring, PoolSource source, QueueRoom room) {
    this.name = name;
    this.wiring = wiring;
    this.source = source;
    this.runners = new Runners(wiring, this);
    this.queue = new CallQueue(room.new Share());
    this.losses = new LossReason(source.tellsFailures(), this::view);
    this.alarm = new Alarm(wiring.timer(), this::work);
    this.otherCode = new OtherCode(wiring, this, () -> alarm.at(Ticks.now()));
  }

  String name() {
    return name;
  }

  /** The pool's execution limit in nanoseconds. */
  long poolTimeout() {
    return poolTimeout;
  }

  /** Whether the pool has every call's resources tracked. */
  boolean tracksResources() {
    return tracksResources;
  }

  PoolView view() {
    return news.view();
  }

  LossReason losses() {
    return losses;
  }

  /** A runner with a place taken, or null: then {@link #enqueue}. */
  @Nullable RunnerLink tryNow() {
    if (!called) {
      called = true;
      alarm.at(Ticks.now() + SAMPLE);
    }
    return queue.isEmpty() ? runners.take() : null;
  }

  /**
   * Puts a call in line, in its old place if it was there before.
   *
   * @param again whether it was
   * @throws QueueFullException if too much waits already
   */
  void enqueue(Call call, boolean again) {
    lock.lock();
    try {
      if (!again && !queue.room().fits(call)) {
        throw queue
            .room()
            .full(
                "a runner of FlamePool " + name, call, "Make fewer calls at once, raise spec.max,");
      }
      queue.add(call);
    } finally {
      lock.unlock();
    }
    pump();
    lock.lock();
    try {
      long now = Ticks.now();
      alarm.at(Math.min(demand(now), call.waitsUntil(view().bootTimeout())));
    } finally {
      lock.unlock();
    }
  }

  /** Takes a call out of the line; false if it is no longer there. */
  boolean withdraw(Call call) {
    lock.lock();
    try {
      boolean waited = queue.remove(call);
      if (waited && queue.isEmpty()) {
        runners.want(0);
      }
      shorter(waited);
      return waited;
    } finally {
      lock.unlock();
    }
  }

  /** Hands places to the head of the line while there are both. */
  private void pump() {
    List<Call> hopeless = List.of();
    lock.lock();
    try {
      int waited = queue.size();
      for (Call head = queue.peek(); head != null; head = queue.peek()) {
        RunnerLink link = cutOff ? null : runners.take();
        if (link == null) {
          break;
        }
        queue.remove(head);
        head.granted(link);
      }
      if (!queue.isEmpty() && verdict() != null) {
        hopeless = queue.removeAll();
      }
      shorter(queue.size() < waited);
      runners.want(queue.size());
    } finally {
      lock.unlock();
    }
    for (Call call : hopeless) {
      FlameException why = verdict();
      call.failed(why != null ? why : expired(call));
    }
  }

  @Override
  public int granted(RunnerLink link, int places) {
    lock.lock();
    try {
      int left = places;
      for (Call head = queue.peek(); head != null && left > 0; head = queue.peek()) {
        if (cutOff || !link.takeGranted()) {
          break;
        }
        queue.remove(head);
        head.granted(link);
        left--;
      }
      shorter(left < places);
      runners.want(queue.size());
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Fewer calls wait: the pool has to hear of it soon. */
  private void shorter(boolean is) {
    if (is) {
      alarm.at(Ticks.now() + SAMPLE);
    }
  }

  private @Nullable FlameException verdict() {
    if (cutOff) {
      return Outcomes.closed(name, "that waited never started");
    }
    PoolView view = view();
    if (view.presence() == PoolView.Presence.UNKNOWN) {
      return null; // and the code version is not needed yet
    }
    String code = wiring.codeVersion();
    if (Verdict.isOtherCode(view, code)) {
      otherCode.ask(view);
    }
    FlameException why = Verdict.of(name, view, code, queue.size(), otherCode.difference());
    if (why instanceof CodeVersionMismatchException && otherCode.waitsUntil() != 0) {
      alarm.at(otherCode.waitsUntil());
      return null;
    }
    if (why != null && view.presence() == PoolView.Presence.PRESENT && !view.suspended()) {
      refusedUntil = Ticks.now() + REFUSED;
    }
    return why;
  }

  private FlameException expired(Call call) {
    return Verdict.expired(
        name,
        news,
        wiring.codeVersion(),
        call.options,
        queue.size(),
        runners.troubles(),
        otherCode.difference());
  }

  /** What has to happen as time goes by. Runs on the timer, so it must not block. */
  private void work() {
    long now = Ticks.now();
    long next;
    List<Call> late = new ArrayList<>();
    boolean busy = called;
    called = false;
    pump();
    lock.lock();
    try {
      next = Math.min(demand(now, busy), runners.nextTry(now));
      for (Call call : queue.calls()) {
        long end = call.waitsUntil(view().bootTimeout());
        if (end <= now) {
          late.add(call);
        } else {
          next = Math.min(next, end);
        }
      }
      if (!late.isEmpty()) {
        late.forEach(queue::remove);
        next = Math.min(next, now + SAMPLE);
      }
      if (now < refusedUntil) {
        next = Math.min(next, refusedUntil);
      }
    } finally {
      lock.unlock();
    }
    late.forEach(call -> call.failed(expired(call)));
    if (now >= nextSweep) {
      runners.closeIdle(now);
      nextSweep = now + SWEEP;
    }
    if (runners.isConnected()) {
      next = Math.min(next, nextSweep);
    }
    alarm.at(next);
  }

  private long demand(long now) {
    return demand(now, called);
  }

  private long demand(long now, boolean busy) {
    int running = runners.running();
    int queued = Math.max(queue.size(), now < refusedUntil ? 1 : 0);
    DemandSchedule.Answer answer =
        schedule.ask(now, running, queued, busy, runners.callers(), runners.isContended());
    switch (answer.act()) {
      case WRITE -> source.demand(answer.demand(wiring.codeVersion()));
      case DELETE -> source.noDemand();
      case NOTHING -> {}
    }
    return running > 0 || busy ? Math.min(answer.next(), now + SAMPLE) : answer.next();
  }

  @Override
  public void changed(PoolSource.News latest) {
    news = latest;
    PoolView view = latest.view();
    poolTimeout = Ticks.nanos(view.timeout());
    tracksResources = view.trackResources();
    boolean open = latest.identity() != null && !Verdict.isClosed(view);
    runners.update(
        open && !view.endpoints().isEmpty() ? Verdict.ready(view, wiring.codeVersion()) : List.of(),
        view.desired(wiring.codeVersion()));
    losses.changed();
    pump();
    alarm.at(Ticks.now() + SAMPLE);
  }

  @Override
  public void released() {
    if (!queue.isEmpty()) {
      pump();
    }
  }

  @Override
  public Hello hello() {
    return wiring.hello(name);
  }

  @Override
  public @Nullable Identity identity() {
    return news.identity();
  }

  @Override
  public void identityRefused() {
    source.identityRefused();
  }

  @Override
  public boolean isCutOff() {
    return cutOff;
  }

  @Override
  public boolean hasWaitedEnough(Call call) {
    return Ticks.now() >= call.waitsUntil(view().bootTimeout());
  }

  /** Fails what waits; what runs is told to stop within a moment unless it is detached. */
  void cutOff() {
    cutOff = true;
    pump();
  }

  /** Ends all connections and takes the demand back. */
  void close() {
    cutOff();
    runners.cutOff();
    source.close();
  }
}
