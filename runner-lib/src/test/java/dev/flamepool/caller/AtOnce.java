package dev.flamepool.caller;

import dev.flamepool.closure.Closures;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Slot;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Runners that answer at once, without a network. */
final class AtOnce implements Network {
  /** How a call is answered. */
  interface Answer {
    Reply to(Stay stay, EncodedCall call);
  }

  private final Answer answer;
  private final AtomicInteger answered = new AtomicInteger();

  AtOnce(Answer answer) {
    this.answer = answer;
  }

  /** Calls so far. */
  int answered() {
    return answered.get();
  }

  PoolClient client(
      Executor threads, ScheduledExecutorService timer, PoolSource source, QueueRoom room) {
    return new PoolClient(
        "default",
        "pool",
        new Wiring(
            "caller",
            () -> new CodeVersion(RunnerProcess.CODE, List.of()),
            Closures.replies(AtOnce.class.getClassLoader()),
            threads,
            timer,
            this),
        source,
        room);
  }

  static PoolView.Endpoint endpoint(int ordinal, int places) {
    return new PoolView.Endpoint(
        "pool-" + ordinal, "uid-" + ordinal, "127.0.0.1:1", RunnerProcess.CODE, places);
  }

  @Override
  public Slot slot(Route route, int number) {
    return new Open(number);
  }

  @Override
  public Control control(Route route, ControlListener listener) {
    HelloAck ack =
        new HelloAck(
            1, route.uid(), "default/pool", RunnerProcess.CODE, List.of(), 1, Phase.SERVING);
    return new Control() {
      @Override
      public HelloAck ack() {
        return ack;
      }

      @Override
      public void send(ControlMessage message) {}

      @Override
      public void close() {}
    };
  }

  private final class Open implements Slot {
    private final int number;
    private volatile boolean usable = true;

    Open(int number) {
      this.number = number;
    }

    @Override
    public int slot() {
      return number;
    }

    @Override
    public boolean usable() {
      return usable;
    }

    @Override
    public Reply call(
        Stay stay, EncodedCall call, CallOptions options, ReplyDecoder decoder, Wait wait) {
      Reply reply =
          usable ? answer.to(stay, call) : new Reply.NotStarted("this slot connection has ended");
      answered.incrementAndGet();
      return reply;
    }

    @Override
    public void abort() {
      usable = false;
    }
  }
}
