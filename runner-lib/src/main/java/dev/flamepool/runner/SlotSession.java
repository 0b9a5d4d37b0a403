package dev.flamepool.runner;

import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.CallReader;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.Failures;
import dev.flamepool.closure.Results;
import dev.flamepool.closure.TrackedHere;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.HeapAccount;
import dev.flamepool.wire.HeapFullException;
import dev.flamepool.wire.IncomingCall;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.SiteRef;
import dev.flamepool.wire.SlotEnd;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One slot connection on its own thread: reads a call, runs it, replies, and says goaway when the
 * runner ends. While objects stay here for its caller it keeps its place and carries calls on them.
 */
final class SlotSession {
  /** How long closing what a caller left here may take before it is interrupted. */
  private static final long LEAVING_NANOS = 30_000_000_000L;

  private final Runner runner;
  private final Peer peer;
  private final SlotEnd end;
  private final Allowed caller;
  private final CallGate gate;
  private final HeapAccount brought;
  private final HeapAccount encoded;
  private final Thread thread = Thread.currentThread();
  private final ThreadLocals threadLocals = new ThreadLocals();
  private final SlotProcesses processes;

  // Guarded by this: what goaway must know.
  private int accepted;
  private boolean busy;
  private boolean ending;
  private boolean saidGoaway;
  private boolean graceIsOver;
  private boolean callerIsGone;
  private boolean placed; // one of the runner's places is taken for it
  private @Nullable Residents residents; // while they are, the place of the runner is kept

  /**
   * @param caller what it takes in results
   */
  SlotSession(Runner runner, Peer peer, SlotEnd end, Allowed caller) {
    this.caller = caller;
    this.runner = runner;
    this.peer = peer;
    this.end = end;
    gate = new CallGate(end::isAwaitingBody);
    brought = runner.callAccount();
    encoded = runner.resultAccount();
    processes = runner.slotProcesses();
    end.account(brought);
  }

  CallGate gate() {
    return gate;
  }

  boolean isOn(Thread one) {
    return one == thread;
  }

  /**
   * Its thread is in {@code System.exit}: another one tells the caller and gives the place back.
   *
   * @param why for the caller
   */
  void exited(String why) {
    boolean calls;
    boolean last;
    synchronized (this) {
      calls = busy;
      last = isLast();
    }
    try {
      if (calls) {
        end.endBody(); // so that the caller is not cut off while it writes
        IllegalStateException failure = new IllegalStateException(why);
        failure.setStackTrace(thread.getStackTrace());
        Outcome outcome = Outcome.failed(Kind.THROWN, failure);
        end.failed(accepted, Kind.THROWN, outcome.trace, outcome.body);
      }
      if (last) {
        end.goaway(accepted);
      }
    } catch (IOException e) {
      end.abort();
    } finally {
      if (placed) {
        finished();
      }
    }
  }

  /** The place is given back; true if that was the single use. */
  private boolean finished() {
    placed = false;
    return runner.finished();
  }

  void run() {
    try {
      end.watch();
      while (true) {
        IncomingCall call = end.next();
        if (call == null) {
          return;
        }
        if (accept(call)) {
          try {
            serve(call);
          } finally {
            processes.callEnded(residents());
          }
          done();
        } else {
          skip(call);
        }
      }
    } catch (IOException e) {
      runner.misspoke(e); // else the caller, or our own end, closed it
    } finally {
      end.abort();
      leaveResidents();
      processes.close();
    }
  }

  private synchronized boolean accept(IncomingCall call) {
    if (saidGoaway || (ending && residents == null)) {
      return false; // goaway told the caller that this one never started
    }
    accepted = call.number();
    busy = true;
    callerIsGone &= residents != null;
    return true;
  }

  private void done() throws IOException {
    boolean last = false;
    synchronized (this) {
      busy = false;
      if (residents != null && callerIsGone) {
        end.abort();
      } else if (ending && (residents == null || graceIsOver)) {
        last = isLast();
      }
    }
    if (last) {
      lastWord();
    }
  }

  /** Whether the last word is to be said now. To be called under the lock, and heeded. */
  private boolean isLast() {
    boolean unsaid = !saidGoaway;
    saidGoaway = true;
    return unsaid;
  }

  /**
   * Not under the lock: a caller that reads nothing would hold up whoever ends the other slots.
   * Nothing else is written once this is to be said.
   */
  private void lastWord() throws IOException {
    end.goaway(accepted);
    if (residents() != null) {
      end.abort(); // they do not wait for their caller to leave
    }
  }

  /**
   * The runner ends: the last message here names the last call accepted. Never waits for a running
   * call; what stays here gets the grace.
   */
  void goaway() {
    boolean last;
    synchronized (this) {
      ending = true;
      last = !busy && (residents == null || graceIsOver) && isLast();
    }
    try {
      if (last) {
        lastWord();
      }
    } catch (IOException e) {
      end.abort();
    }
  }

  /** A running call is interrupted; {@link #goaway} ends what stays here from now on. */
  void graceIsOver() {
    gate.interruptAny(CallGate.Why.RUNNER_ENDS);
    synchronized (this) {
      graceIsOver = true;
      ending = true;
    }
  }

  void abort() {
    end.abort();
  }

  /** Cuts the connection off, or calls {@code later} while a call runs or objects stay here. */
  void abortUnlessBusy(Runnable later) {
    synchronized (this) {
      if (!busy && residents == null) {
        end.abort();
        return;
      }
    }
    later.run();
  }

  private void skip(IncomingCall call) throws IOException {
    if (call.admitFirst()) {
      end.noBody();
    } else {
      end.endBody();
    }
  }

  private void serve(IncomingCall call) throws IOException {
    try {
      if (!call.admitFirst() || brought.reserve(call.bodyLength())) {
        serve(call, call.stay().verb());
      } else {
        skip(call);
        reply(call, noRoom(brought.full()));
      }
    } finally {
      brought.close();
      encoded.close();
    }
  }

  /**
   * A call that does not fit now may go to another runner or wait, but not one on an object that
   * stays here.
   */
  private Outcome noRoom(HeapFullException why) {
    return why.isForGood() || residents() != null
        ? Outcome.failed(Kind.CALL_NOT_READABLE, why)
        : Outcome.REFUSED;
  }

  private void serve(IncomingCall call, Stay.Verb verb) throws IOException {
    if (verb == Stay.Verb.ON || verb == Stay.Verb.RELEASE) {
      serveResident(call);
      return;
    }
    if (residents() != null) {
      throw new IOException("a call that is not on what stays here");
    }
    Refusal refusal = runner.admit(peer);
    if (refusal != null) {
      skip(call);
      end.refused(call.number(), refusal, runner.describe());
      return;
    }
    placed = true;
    boolean stays = false;
    boolean consumed = false;
    try {
      Outcome outcome;
      try {
        outcome = execute(call, runner.context());
        stays = residents() != null;
      } catch (OutOfMemoryError e) {
        throw runner.outOfMemory(e);
      } finally {
        if (!stays) {
          consumed = finished();
        }
      }
      if (stays) {
        end.stays(call.number(), outcome.body);
      } else {
        reply(call, outcome);
      }
    } finally {
      if (consumed) {
        runner.consumed();
      }
    }
  }

  /** The place is taken already, and given back with the last of them. */
  private void serveResident(IncomingCall call) throws IOException {
    Residents here = residents();
    if (here == null) {
      throw new IOException("a call on what does not stay here");
    }
    Outcome outcome;
    try {
      outcome = execute(call, null);
    } catch (OutOfMemoryError e) {
      throw runner.outOfMemory(e);
    }
    if (here.isEmpty()) {
      leaveResidents();
    }
    reply(call, outcome);
  }

  private void reply(IncomingCall call, Outcome outcome) throws IOException {
    if (outcome.refused) {
      end.refused(call.number(), Refusal.FULL, runner.describe());
    } else if (outcome.kind == null) {
      end.result(call.number(), outcome.body);
    } else {
      end.failed(call.number(), outcome.kind, outcome.trace, outcome.body);
    }
  }

  private synchronized @Nullable Residents residents() {
    return residents;
  }

  private synchronized void stay(@Nullable Residents now) {
    residents = now;
  }

  /** Gives up what stays here, if anything does, and its place. */
  private void leaveResidents() {
    Residents here = residents();
    if (here == null) {
      return;
    }
    stay(null);
    gate.begin(Integer.MAX_VALUE, true, runner.ticker().nanos() + LEAVING_NANOS);
    runner.deadlines().in(LEAVING_NANOS);
    try {
      if (!here.leave(this)) {
        peer.placed().values().remove(here);
        here.end();
        runner.processEnds().end(here.processes());
      }
    } finally {
      gate.end();
      processes.callEnded(null);
      if (finished()) {
        runner.consumed();
      }
    }
  }

  /** What to reply: a result where kind is null. */
  private record Outcome(@Nullable Kind kind, String trace, Body body, boolean refused) {
    /** The call does not fit now. */
    static final Outcome REFUSED = new Outcome(null, "", new Body(List.of(), new Out(0)), true);

    Outcome(@Nullable Kind kind, String trace, Body body) {
      this(kind, trace, body, false);
    }

    static Outcome failed(Kind kind, Throwable t) {
      return new Outcome(kind, Failures.trace(t), Failures.encode(t));
    }
  }

  private Outcome execute(IncomingCall call, @Nullable Object argument) throws IOException {
    if (call.admitFirst()) {
      end.admit(call.number());
    }
    begin(call); // so that a deadline also ends a reading that hangs
    CallReader.@Nullable Invocation function;
    boolean read = false;
    try {
      function =
          call.site() == null ? null : runner.reader().read(call.site(), call.body(), caller);
      end.endBody();
      read = true;
    } catch (UnreadableException e) {
      CallGate.Why interrupted = gate.end();
      end.endBody();
      if (interrupted != null) {
        return Outcome.failed(kind(interrupted), e);
      }
      HeapFullException full = HeapFullException.in(e);
      return full == null ? Outcome.failed(Kind.CALL_NOT_READABLE, e) : noRoom(full);
    } finally {
      if (!read) {
        gate.end();
      }
    }
    if (call.admitFirst()) {
      gate.received(deadline(call));
    }
    Body result = null;
    Throwable thrown = null;
    boolean ran = false;
    threadLocals.setAside(thread);
    CallGate.Why interrupted;
    try {
      Object value = function == null ? withoutFunction(call) : run(call, function, argument);
      ran = true;
      // inside, so that a deadline also ends an encoding that hangs
      result = encode(call, function, value);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable t) {
      thrown = t;
    } finally {
      interrupted = gate.end();
      threadLocals.putBack(thread);
      runner.tidy(thread);
    }
    boolean tooLate = interrupted == CallGate.Why.TIMED_OUT && !leavesSomething(call);
    if (result != null && !tooLate) {
      return new Outcome(null, "", result);
    }
    if (result != null) {
      thrown = new TimeoutException("it returned after its time was over");
    }
    if (thrown == null) {
      throw new IllegalStateException();
    }
    Kind kind =
        interrupted != null ? kind(interrupted) : ran ? Kind.RESULT_NOT_SERIALIZABLE : Kind.THROWN;
    return Outcome.failed(kind, thrown);
  }

  /** Its caller must hear of what stays, however late. */
  private boolean leavesSomething(IncomingCall call) {
    return call.stay().verb() != Stay.Verb.RUN
        && call.stay().verb() != Stay.Verb.ON
        && residents() != null;
  }

  private @Nullable Object run(
      IncomingCall call, CallReader.Invocation function, @Nullable Object argument)
      throws Throwable {
    return switch (call.stay().verb()) {
      case ON -> around(call, function, mine().get(call.stay().id()));
      case PLACE -> {
        Object made =
            Objects.requireNonNull(around(call, function, argument), Closures.NOTHING_PLACED);
        Residents own = new Residents(List.of(made));
        peer.placed().put(call.stay().id(), own);
        stay(own);
        yield null;
      }
      default -> around(call, function, argument);
    };
  }

  private @Nullable Object around(
      IncomingCall call, CallReader.Invocation function, @Nullable Object argument)
      throws Throwable {
    SiteRef site = Objects.requireNonNull(call.site());
    return runner.around().run(site.site(), call.headers(), function, argument);
  }

  private @Nullable Object withoutFunction(IncomingCall call) throws Exception {
    if (call.stay().verb() == Stay.Verb.RELEASE) {
      return mine().close(call.stay().id());
    }
    Residents others = peer.placed().get(call.stay().id());
    if (others == null || !others.attach(this)) {
      throw new IllegalStateException("no object " + call.stay().id() + " was placed here");
    }
    stay(others);
    return null;
  }

  private Residents mine() {
    return Objects.requireNonNull(residents());
  }

  private Body encode(
      IncomingCall call, CallReader.@Nullable Invocation function, @Nullable Object value) {
    if (call.stay().verb() != Stay.Verb.TRACK) {
      return Results.encode(value, function, null, encoded);
    }
    List<TrackedHere<?>> tracked = new ArrayList<>();
    Body result = Results.encode(value, function, tracked, encoded);
    if (!tracked.isEmpty()) {
      stay(new Residents(tracked.stream().map(TrackedHere::thing).toList()));
    }
    return result;
  }

  private void begin(IncomingCall call) {
    gate.begin(call.number(), call.linked(), deadline(call));
    if (call.timeoutMs() >= 0) {
      runner.deadlines().in(Ticker.nanos(call.timeoutMs()));
    }
  }

  /** From now on. */
  private long deadline(IncomingCall call) {
    return call.timeoutMs() < 0
        ? Long.MAX_VALUE
        : runner.ticker().nanos() + Ticker.nanos(call.timeoutMs());
  }

  private static Kind kind(CallGate.Why why) {
    return switch (why) {
      case TIMED_OUT -> Kind.TIMED_OUT;
      case CANCELLED, CALLER_GONE -> Kind.CANCELLED;
      case RUNNER_ENDS -> Kind.RUNNER_ENDED;
    };
  }

  /** Linked work is interrupted, and what stays here for it ends. */
  void callerGone() {
    synchronized (this) {
      callerIsGone = true;
      if (!busy && residents != null) {
        end.abort();
        return;
      }
    }
    gate.interruptLinked(CallGate.Why.CALLER_GONE);
  }
}
