package dev.flamepool.operator;

import dev.flamepool.operator.cluster.Obstacle;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.leadership.Election;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until this process leads, and works then. Work that cannot be started costs the lease:
 * another process may do better, and this one tries again after a pause.
 *
 * <p>One thread does it all, made before anything else happens. Thread-safe.
 */
final class LeaderLoop<W extends LeaderLoop.Work> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLoop.class);

  /** A start ends by itself long before: three caches have a minute each. */
  static final Duration HANGS = Duration.ofMinutes(5);

  /** A start that is told to end does not take longer, or is not waited for. */
  private static final Duration BREAKS_OFF = Duration.ofSeconds(5);

  /** Passes have 30 s to end, and then the lease is released. */
  private static final Duration STOPS = Duration.ofSeconds(45);

  /** What a leader does. */
  interface Work {
    /**
     * Begins; returns once it works. What has begun before it fails is stopped by {@link #stop}.
     */
    void start();

    /** Ends what was begun, as far as it was; waits for what runs. */
    void stop();
  }

  private enum State {
    WAITING,
    STARTING,
    WORKING,
    ENDED
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  private final String server;
  private final Election election;
  private final Supplier<W> factory;
  private final OperatorMetrics metrics;
  private final Duration pause;
  private final Clock clock;
  private final Thread thread = new Thread(this::run, "operator-lead");

  // Guarded by this.
  private State state = State.WAITING;
  private Instant since;
  private boolean closed;
  private boolean interruptible;
  private @Nullable W current;
  private @Nullable String problem;

  /**
   * Starts nothing yet.
   *
   * @param server the API server's address, for people
   * @param factory makes the work of one term, which is started once
   * @param pause after a start that failed: long enough for another process to take the lease
   */
  LeaderLoop(
      String server,
      Election election,
      Supplier<W> factory,
      OperatorMetrics metrics,
      Duration pause,
      Clock clock) {
    this.server = server;
    this.election = election;
    this.factory = factory;
    this.metrics = metrics;
    this.pause = pause;
    this.clock = clock;
    this.since = clock.instant();
    thread.setDaemon(true);
  }

  /** Begins to wait. Call it once. */
  void start() {
    thread.start();
  }

  /** The work of this term, from before its start until it has stopped. */
  synchronized Optional<W> current() {
    return Optional.ofNullable(current);
  }

  /** Whether this process leads and its work is started. */
  synchronized boolean isWorking() {
    return state == State.WORKING && !closed;
  }

  /** Why this process should not count as available; empty if it works or stands by in order. */
  synchronized Optional<String> unready() {
    if (problem != null && election.otherLeader().isEmpty()) {
      return Optional.of("the operator could not start to work and tries again: " + problem);
    }
    return switch (state) {
      case STARTING -> Optional.of("the informers are not in step yet");
      case WAITING -> election.trouble().map(why -> "the lease cannot be taken: " + why);
      case WORKING, ENDED -> Optional.empty();
    };
  }

  /** Why this process should be started again; empty if there is no reason. */
  synchronized Optional<String> dead() {
    return state == State.STARTING && !clock.instant().isBefore(since.plus(HANGS))
        ? Optional.of("it leads and has not begun to work since " + since)
        : Optional.empty();
  }

  private void run() {
    while (!isClosed()) {
      try {
        term();
      } catch (Throwable e) {
        failed(e);
      }
    }
    to(State.ENDED);
  }

  private void term() throws InterruptedException {
    W work = null;
    try {
      to(State.WAITING);
      interruptibly(election::acquire);
      to(State.STARTING);
      work = factory.get();
      appoint(work);
      interruptibly(work::start);
      began();
      interruptibly(this::awaitClose);
    } finally {
      ended(work);
    }
  }

  private synchronized void appoint(@Nullable W work) {
    current = work;
  }

  private synchronized void began() {
    if (!closed) {
      to(State.WORKING);
      problem = null;
      metrics.leader(true);
      LOG.info("operator started");
    }
  }

  private void ended(@Nullable W work) {
    try {
      if (work != null) {
        work.stop();
      }
    } finally {
      appoint(null);
      metrics.leader(false);
      election.release();
    }
  }

  private void failed(Throwable e) {
    if (isClosed()) {
      LOG.debug("while stopping", e);
      return;
    }
    try {
      tell(e);
    } catch (Throwable untold) {
      // as where memory is short: the loop goes on
    }
    try {
      interruptibly(() -> Thread.sleep(pause.toMillis()));
    } catch (InterruptedException closing) {
      // the loop sees it
    }
  }

  private void tell(Throwable e) {
    synchronized (this) {
      problem = words(e);
      to(State.WAITING);
    }
    LOG.error("the operator could not start to work and tries again: {}", words(e));
    LOG.debug("in full", e);
  }

  /** Unless it is known, the innermost cause: what is round it says only where it was met. */
  private String words(Throwable e) {
    return Obstacle.of(server, e).orElseGet(() -> innermost(e));
  }

  private static String innermost(Throwable e) {
    Throwable cause = e;
    for (int i = 0; i < 20 && cause.getCause() != null; i++) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  /** Takes a step that {@link #close} breaks off. */
  private void interruptibly(Step step) throws InterruptedException {
    synchronized (this) {
      if (closed) {
        throw new InterruptedException();
      }
      interruptible = true;
    }
    try {
      step.run();
    } finally {
      synchronized (this) {
        interruptible = false;
        boolean unused = Thread.interrupted(); // whatever follows must not be broken off
      }
    }
  }

  private synchronized void awaitClose() throws InterruptedException {
    while (!closed) {
      wait();
    }
  }

  private synchronized void to(State next) {
    state = next;
    since = clock.instant();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Ends the work, waits for that, and releases the lease. */
  @Override
  public void close() {
    Duration patience;
    synchronized (this) {
      closed = true;
      notifyAll();
      patience = state == State.STARTING ? BREAKS_OFF : STOPS;
      if (interruptible && state != State.WORKING) {
        thread.interrupt();
      }
    }
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("what runs was not waited for any longer");
      election.release();
    }
  }
}
