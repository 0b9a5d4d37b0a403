package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.RunnerContext;
import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.Around;
import dev.flamepool.closure.CallReader;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.closure.Codecs;
import dev.flamepool.interception.Interceptors;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.HeapAccount;
import dev.flamepool.wire.HeapRoom;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.HelloRefusedException.Reason;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Limits;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A runner inside its process: connections come in, calls are admitted and executed, and it ends
 * itself. How the process goes down is left to an {@link Exit}.
 */
public final class Runner {
  /** What the end of a runner does to its process. */
  public interface Exit {
    /** Called once, when nothing runs any more. */
    void exit(EndCause cause, String message);

    /** Called from anywhere; must end the process without running anything else. */
    void halt(EndCause cause, String message);
  }

  /** How long a function may ignore the interrupt at its deadline before the runner is given up. */
  private static final long STUCK_GRACE_NANOS = 5_000_000_000L;

  private static final long HEAP = Runtime.getRuntime().maxMemory();

  private final FlameParent parent;
  private final Ticker ticker;
  private final Exit exit;
  private final RunnerState state;
  private final Lifecycle lifecycle;
  private final Deadlines deadlines;
  private final Connections connections;
  private final Fairness fairness;
  private final Ending ending;
  private final LeftProcesses leftProcesses;
  private final ProcessEnds processEnds;
  private final boolean knowsProcesses;
  private final HeapRoom calls = HeapRoom.ofCalls(HEAP);
  private final HeapRoom results = HeapRoom.ofResults(HEAP);
  private final CountDownLatch booted = new CountDownLatch(1);
  private volatile @Nullable CallReader reader;
  private volatile @Nullable RunnerContext context;
  private volatile Around around = Around.NOTHING;
  private volatile ClassLoader loader = Runner.class.getClassLoader();
  private volatile String message = "";

  /** A runner on the real clock. */
  public Runner(FlameParent parent, Identity identity, Exit exit) {
    this(
        parent,
        identity,
        exit,
        Ticker.system(),
        new Threads(parent.virtualThreads()),
        Math.random());
  }

  Runner(
      FlameParent parent,
      Identity identity,
      Exit exit,
      Ticker ticker,
      Threads threads,
      double jitter) {
    this.parent = parent;
    this.ticker = ticker;
    this.exit = exit;
    state = new RunnerState(parent.maxConcurrency(), parent.singleUse(), ticker.nanos());
    connections = new Connections(this, identity, threads);
    fairness =
        new Fairness(state, parent.maxConcurrency(), parent.singleUse(), ticker, connections::tell);
    ending = new Ending(this, connections, threads, exit);
    leftProcesses =
        new LeftProcesses(ticker, () -> state.now().inFlight(), LeftProcesses::children, Say::warn);
    processEnds = new ProcessEnds(ticker, threads, Say::warn);
    knowsProcesses = threads.slotsArePlatform();
    lifecycle = new Lifecycle(parent, jitter, state, ticker, threads, this::endOfItself);
    deadlines = new Deadlines(ticker, STUCK_GRACE_NANOS, this::stuck);
  }

  /**
   * Opens the port; calls that come before {@link #serve} wait.
   *
   * @param host to bind, or null for all addresses
   * @return the port
   */
  public int listen(@Nullable String host, int port) throws IOException {
    int bound = connections.listen(host, port);
    lifecycle.start();
    return bound;
  }

  /**
   * The application is there: calls are admitted from now on.
   *
   * @param application loads classes, looks up beans, may veto idleness; null where there is only
   *     the class path
   */
  public void serve(@Nullable RunnerApplication application) {
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    loader = application != null ? application.classLoader() : own != null ? own : loader;
    Codecs.find(loader);
    reader = new CallReader(loader);
    context = new Context(parent, application);
    around = Interceptors.on(parent.pool(), parent.runner(), loader);
    ending.application(application);
    if (application != null) {
      lifecycle.idleCheck(application.idleCheck());
    }
    if (!state.serve(ticker.nanos())) {
      return; // told to end before it was there
    }
    booted.countDown();
    lifecycle.start();
    connections.phaseChanged();
  }

  /** Blocks until the end. */
  public EndCause awaitEnd() throws InterruptedException {
    return ending.await();
  }

  /**
   * Told to end: by SIGTERM or the operator. Running calls may take {@code graceMs}, then they are
   * interrupted.
   */
  public void stop(long graceMs, String reason) {
    end(Notice.cause(parent.identity()), graceMs, reason);
  }

  /**
   * That thread is in {@code System.exit} and never comes back from it. If a call ran there it has
   * failed with that; the others may finish.
   *
   * @param where that was, for people
   */
  void exited(Thread thread, String where, long graceMs) {
    SlotSession slot = connections.slotOf(thread);
    String what = "ended the runner with System.exit in " + where;
    end(EndCause.EXITED, graceMs, (slot == null ? "the application " : "a call ") + what);
    try {
      if (!ending.exited(thread) && slot != null) {
        connections.exited(slot, "the call " + what);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endOfItself(EndCause cause) {
    String why =
        switch (cause) {
          case IDLE -> "idle";
          case LIFETIME -> "reached its lifetime of " + parent.maxLifetimeMs() + " ms";
          case ORPHAN ->
              "no caller and no operator in contact for " + parent.orphanAfterMs() + " ms";
          default -> "";
        };
    end(cause, parent.shutdownTimeoutMs(), why);
  }

  private void stuck(String what) {
    end(EndCause.FAILED, parent.shutdownTimeoutMs(), what + "; finishing the others, then ending");
  }

  private void end(EndCause cause, long graceMs, String why) {
    if (state.drain(cause, ticker.nanos())) {
      message = why;
    }
    booted.countDown();
    EndCause first = state.now().cause();
    ending.start(first == null ? cause : first, graceMs, message.isEmpty() ? why : message);
  }

  // What sessions need.

  @Nullable Refusal admit(Peer caller) {
    if (booted.getCount() > 0) {
      try {
        booted.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Refusal.GONE;
      }
    }
    Refusal r = fairness.admit(caller);
    if (r == null) {
      connections.changed();
    }
    return r;
  }

  /** A call is over; true if that was the single use, which {@link #consumed} must follow. */
  boolean finished() {
    boolean consumed = state.finish(ticker.nanos()) != null;
    fairness.finished();
    connections.changed();
    leftProcesses.callEnded();
    return consumed;
  }

  void consumed() {
    end(EndCause.SINGLE_USE, parent.shutdownTimeoutMs(), "served its one call");
  }

  /** Says so to whoever listens, if there is memory for that, and never returns. */
  Error outOfMemory(OutOfMemoryError e) {
    try {
      connections.lastWord(new ControlMessage.Draining(EndCause.OUT_OF_MEMORY.name()));
    } finally {
      exit.halt(EndCause.OUT_OF_MEMORY, leftProcesses.explain(String.valueOf(e.getMessage())));
    }
    return e;
  }

  /** After a call nothing of it stays on its thread. */
  @SuppressWarnings("ThreadPriorityCheck") // puts back what the call changed
  void tidy(Thread t) {
    if (t.getContextClassLoader() != loader) {
      t.setContextClassLoader(loader);
    }
    if (t.getPriority() != Thread.NORM_PRIORITY) {
      t.setPriority(Thread.NORM_PRIORITY);
    }
    if (!Connections.SLOT_THREAD.equals(t.getName())) {
      t.setName(Connections.SLOT_THREAD);
    }
  }

  CallReader reader() {
    CallReader r = reader;
    if (r == null) {
      throw new IllegalStateException("a call was admitted before the application was there");
    }
    return r;
  }

  @Nullable RunnerContext context() {
    return context;
  }

  Around around() {
    return around;
  }

  /** For the calls of one slot. */
  HeapAccount callAccount() {
    return HeapAccount.of(calls, allowance());
  }

  /** For the results of one slot. */
  HeapAccount resultAccount() {
    return HeapAccount.of(results, allowance());
  }

  /** What small messages take without asking: on all places together no more than this part. */
  private long allowance() {
    return Math.min(Limits.ADMIT_FIRST_BYTES, HEAP / 16 / parent.maxConcurrency());
  }

  /** For the slot whose thread calls this. */
  SlotProcesses slotProcesses() {
    return new SlotProcesses(
        knowsProcesses ? ThreadChildren.ofThisThread() : ThreadChildren.UNKNOWN, processEnds);
  }

  ProcessEnds processEnds() {
    return processEnds;
  }

  Ticker ticker() {
    return ticker;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Lifecycle lifecycle() {
    return lifecycle;
  }

  boolean isEnding() {
    Phase p = state.now().phase();
    return p == Phase.DRAINING || p == Phase.GONE;
  }

  Arrivals arrivals() {
    return connections.arrivals();
  }

  Fairness fairness() {
    return fairness;
  }

  int maxConcurrency() {
    return parent.maxConcurrency();
  }

  RunnerState runnerState() {
    return state;
  }

  /** A connection has ended for that. */
  void misspoke(IOException why) {
    connections.misspoke(why);
  }

  /** How many have ended for that. */
  long misspoken() {
    return connections.misspoken();
  }

  /** Connections that never became one. */
  long cameToNothing() {
    return connections.cameToNothing();
  }

  /** For a refusal's message. */
  String describe() {
    RunnerState.Snapshot s = state.now();
    return parent.runner()
        + ": "
        + s.inFlight()
        + " of "
        + parent.maxConcurrency()
        + " calls"
        + (s.cause() == null ? "" : ", ending (" + s.cause() + ")");
  }

  ControlMessage.Load load(Peer caller) {
    RunnerState.Snapshot s = state.now();
    return new ControlMessage.Load(
        s.inFlight(),
        s.accepted(),
        parent.maxConcurrency(),
        fairness.needsGrant(caller),
        connections.share(),
        connections.callers());
  }

  ControlMessage.State state() {
    RunnerState.Snapshot s = state.now();
    long idle = s.inFlight() > 0 ? 0 : Math.max(0, ticker.nanos() - s.activeAt()) / 1_000_000;
    EndCause cause = s.cause();
    return new ControlMessage.State(
        s.phase(), s.inFlight(), idle, cause == null ? "" : cause.name(), message);
  }

  /** Answers hello, or refuses and returns null. */
  @Nullable HelloAck welcome(Incoming in) throws IOException {
    if (!in.hello().pool().equals(parent.qualifiedPool())) {
      in.refuse(
          Reason.POOL,
          "this runner serves " + parent.qualifiedPool() + ", not " + in.hello().pool());
      return null;
    }
    RunnerState.Snapshot s = state.now();
    boolean over = s.phase() == Phase.GONE || (s.phase() == Phase.DRAINING && !in.isControl());
    if (over) {
      in.refuse(Reason.DRAINING, describe());
      return null;
    }
    if (!in.isControl()) {
      return new HelloAck(
          in.protocol(),
          parent.uid(),
          parent.qualifiedPool(),
          "",
          List.of(),
          parent.maxConcurrency(),
          s.phase(),
          Allowed.said().names());
    }
    CodeVersion code = CodeVersion.current();
    boolean same = in.role() == Role.OPERATOR || code.version().equals(in.hello().codeVersion());
    return new HelloAck(
        in.protocol(),
        parent.uid(),
        parent.qualifiedPool(),
        code.version(),
        same ? List.of() : code.artifacts(),
        parent.maxConcurrency(),
        s.phase());
  }
}
