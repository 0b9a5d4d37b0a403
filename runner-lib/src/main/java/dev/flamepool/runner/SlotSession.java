package dev.flamepool.runner;

import dev.flamepool.closure.CallReader;
import dev.flamepool.closure.Failures;
import dev.flamepool.closure.Results;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.IncomingCall;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.SlotEnd;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One slot connection on its own thread: reads a call, runs it, replies, and says goaway when the
 * runner ends.
 */
final class SlotSession {
  private final Runner runner;
  private final Peer peer;
  private final SlotEnd end;
  private final CallGate gate = new CallGate();

  // Guarded by this: what goaway must know.
  private int accepted;
  private boolean busy;
  private boolean ending;
  private boolean saidGoaway;

  SlotSession(Runner runner, Peer peer, SlotEnd end) {
    this.runner = runner;
    this.peer = peer;
    this.end = end;
  }

  CallGate gate() {
    return gate;
  }

  void run() {
    try {
      while (true) {
        IncomingCall call = end.next();
        if (call == null) {
          return;
        }
        if (accept(call)) {
          serve(call);
          done();
        } else {
          skip(call);
        }
      }
    } catch (IOException e) {
      // the caller, or our own end, closed it
    } finally {
      end.abort();
    }
  }

  private synchronized boolean accept(IncomingCall call) {
    if (ending) {
      return false; // goaway told the caller that this one never started
    }
    accepted = call.number();
    busy = true;
    return true;
  }

  private synchronized void done() throws IOException {
    busy = false;
    if (ending && !saidGoaway) {
      saidGoaway = true;
      end.goaway(accepted);
    }
  }

  /**
   * The runner ends: the last message here names the last call accepted. Never waits for a running
   * call.
   */
  synchronized void goaway() {
    ending = true;
    if (!busy && !saidGoaway) {
      saidGoaway = true;
      try {
        end.goaway(accepted);
      } catch (IOException e) {
        end.abort();
      }
    }
  }

  void abort() {
    end.abort();
  }

  /** Cuts the connection off, or calls {@code later} while a call runs. */
  void abortUnlessBusy(Runnable later) {
    synchronized (this) {
      if (!busy) {
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
    Refusal refusal = runner.admit(peer);
    if (refusal != null) {
      skip(call);
      end.refused(call.number(), refusal, runner.describe());
      return;
    }
    Outcome outcome;
    boolean consumed;
    try {
      outcome = execute(call);
    } catch (OutOfMemoryError e) {
      throw runner.outOfMemory(e);
    } finally {
      consumed = runner.finished();
    }
    if (outcome.kind == null) {
      end.result(call.number(), outcome.body);
    } else {
      end.failed(call.number(), outcome.kind, outcome.trace, outcome.body);
    }
    if (consumed) {
      runner.consumed();
    }
  }

  /** What to reply: a result where kind is null. */
  private record Outcome(@Nullable Kind kind, String trace, Body body) {
    static Outcome failed(Kind kind, Throwable t) {
      return new Outcome(kind, Failures.trace(t), Failures.encode(t));
    }
  }

  private Outcome execute(IncomingCall call) throws IOException {
    if (call.admitFirst()) {
      end.admit(call.number());
    }
    CallReader.Invocation function;
    try {
      function = runner.reader().read(call.site(), call.body());
    } catch (UnreadableException e) {
      end.endBody();
      return Outcome.failed(Kind.CALL_NOT_READABLE, e);
    }
    end.endBody();
    Body result = null;
    Throwable thrown = null;
    boolean ran = false;
    begin(call);
    CallGate.Why interrupted;
    try {
      Object value = function.run(runner.context());
      ran = true;
      result = Results.encode(value); // inside, so that a deadline also ends an encoding that hangs
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable t) {
      thrown = t;
    } finally {
      interrupted = gate.end();
      runner.tidy(Thread.currentThread());
    }
    if (result != null) {
      return new Outcome(null, "", result);
    }
    if (thrown == null) {
      throw new IllegalStateException();
    }
    Kind kind =
        interrupted != null ? kind(interrupted) : ran ? Kind.RESULT_NOT_SERIALIZABLE : Kind.THROWN;
    return Outcome.failed(kind, thrown);
  }

  private void begin(IncomingCall call) {
    if (call.timeoutMs() < 0) {
      gate.begin(call.number(), call.linked(), Long.MAX_VALUE);
      return;
    }
    long limit = Ticker.nanos(call.timeoutMs());
    gate.begin(call.number(), call.linked(), runner.ticker().nanos() + limit);
    runner.deadlines().in(limit);
  }

  private static Kind kind(CallGate.Why why) {
    return switch (why) {
      case TIMED_OUT -> Kind.TIMED_OUT;
      case CANCELLED, CALLER_GONE -> Kind.CANCELLED;
      case RUNNER_ENDS -> Kind.RUNNER_ENDED;
    };
  }

  void callerGone() {
    gate.interruptLinked(CallGate.Why.CALLER_GONE);
  }
}
