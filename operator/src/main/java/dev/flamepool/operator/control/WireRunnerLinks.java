package dev.flamepool.operator.control;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.wire.ControlConnection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control connections over the runner library's wire. What was asked for is held per runner and
 * sent whenever it differs from what that connection has been told, so a reconnect says everything
 * again.
 *
 * <p>One reader thread per connected runner and at most 128 for dialing and sending; all are
 * daemons. Listeners are called on them and must not block.
 */
public final class WireRunnerLinks implements RunnerLinks {
  private static final Logger LOG = LoggerFactory.getLogger(WireRunnerLinks.class);

  /** Enough that 200 runners behind a dead route do not delay the others by more than a dial. */
  static final int WORKERS = 128;

  /**
   * Handshakes are work for the cores, and after a start there is one for each runner: with all
   * workers at it the passes of pools would hardly get a turn.
   */
  private static final int DIALS_AT_ONCE = 8;

  /**
   * Those that dial may be stuck with runners that do not answer. Then the next go all the same.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration NO_THREAD = Duration.ofSeconds(1);

  /** What workers do next: what is first, and otherwise what came first. */
  private record Work(boolean first, long number, Runnable task)
      implements Runnable, Comparable<Work> {
    private static final Comparator<Work> ORDER =
        Comparator.comparing((Work work) -> !work.first).thenComparing(Work::number);

    @Override
    public void run() {
      task.run();
    }

    @Override
    public int compareTo(Work other) {
      return ORDER.compare(this, other);
    }
  }

  private final Map<String, RunnerLink> links = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Identities identities;
  private final String operatorId = "operator-" + UUID.randomUUID();
  private final Semaphore dials = new Semaphore(DIALS_AT_ONCE);
  private final AtomicLong number = new AtomicLong();
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * Links that speak with the operator's certificates.
   *
   * @param credentials asked for the operator's identity before each connection
   */
  public WireRunnerLinks(Credentials credentials) {
    this(credentials, daemons("runner-links"));
  }

  /** With another maker of the threads that dial and send, for tests. */
  WireRunnerLinks(Credentials credentials, ThreadFactory maker) {
    this.identities = new Identities(credentials);
    this.workers =
        new ThreadPoolExecutor(WORKERS, WORKERS, 10, SECONDS, new PriorityBlockingQueue<>(), maker);
    workers.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, daemons("runner-links-timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.prestartCoreThread(); // later none might be had
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void keep(RunnerTarget target) {
    link(target.runnerUid()).keep(target, false);
  }

  @Override
  public void keepFirst(RunnerTarget target) {
    link(target.runnerUid()).keep(target, true);
  }

  @Override
  public Optional<RunnerReport> report(String runnerUid) {
    return Optional.ofNullable(links.get(runnerUid)).flatMap(RunnerLink::report);
  }

  /** {@inheritDoc} What is said before {@link #keep} is held until then. */
  @Override
  public void settings(String runnerUid, IdleSettings settings) {
    link(runnerUid).settings(settings);
  }

  /** {@inheritDoc} What is said before {@link #keep} is held until then. */
  @Override
  public void withdraw(String runnerUid) {
    link(runnerUid).withdraw();
  }

  @Override
  public void drop(String runnerUid) {
    RunnerLink link = links.remove(runnerUid);
    if (link != null) {
      link.drop();
      link.poolUid().filter(pool -> !used(pool)).ifPresent(identities::forget);
    }
  }

  private boolean used(String poolUid) {
    return links.values().stream().anyMatch(link -> link.poolUid().equals(Optional.of(poolUid)));
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    listeners.add(runnerUid);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.shutdownNow();
    links.keySet().forEach(this::drop);
  }

  private RunnerLink link(String runnerUid) {
    return links.computeIfAbsent(runnerUid, uid -> new RunnerLink(uid, this));
  }

  // ---- for the links

  Identities identities() {
    return identities;
  }

  String operatorId() {
    return operatorId;
  }

  /**
   * Dials a runner, with not many others at once unless they take long.
   *
   * @param first whatever others there are
   */
  ControlConnection inTurn(boolean first, Dial dial) throws IOException, GeneralSecurityException {
    boolean turn = false;
    try {
      turn = !first && dials.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return dial.open();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("closed");
    } finally {
      if (turn) {
        dials.release();
      }
    }
  }

  /** Opens a connection. */
  interface Dial {
    /** The connection, once both have said hello. */
    ControlConnection open() throws IOException, GeneralSecurityException;
  }

  void changed(String runnerUid) {
    for (Consumer<String> listener : listeners) {
      try {
        listener.accept(runnerUid);
      } catch (Throwable e) {
        LOG.warn("a change of a runner was not taken: {}", e.toString()); // the link goes on
      }
    }
  }

  /** Has it done in any case, unless this is closed: without a thread for it, a second later. */
  void soon(boolean first, Runnable work) {
    try {
      workers.execute(new Work(first, number.incrementAndGet(), work));
    } catch (RejectedExecutionException e) {
      // closed
    } catch (Throwable e) {
      LOG.warn("no thread for a runner's connection: {}", e.toString());
      later(NO_THREAD, work);
    }
  }

  void later(Duration wait, Runnable work) {
    try {
      var unused = timer.schedule(() -> soon(false, work), wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }
}
