package dev.flamepool.caller;

import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Slot;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/** A runner whose every answer is a step, and chosen. It is reached without a network. */
final class SteppedRunner {
  final PoolView.Endpoint endpoint;
  private final Steps steps;
  private final Choices choices;
  private final Function<EncodedCall, Integer> numberOf;
  private final Set<Connection> slots = new HashSet<>();
  private final List<Underway> underway = new ArrayList<>();
  private int inFlight;
  private ControlListener listener;
  private boolean dead;

  /** The numbers of the calls that it began, in order. */
  final List<Integer> began = new ArrayList<>();

  /** How often it may still say that others fill it. */
  int refusals;

  /** How often a connection may still break. */
  int losses;

  /** Whether it has refused or lost anything. */
  boolean troubled;

  private record Underway(Connection slot, int number, Wait asked) {}

  SteppedRunner(
      int ordinal,
      int capacity,
      Steps steps,
      Choices choices,
      Function<EncodedCall, Integer> numberOf) {
    this.endpoint =
        new PoolView.Endpoint(
            "pool-" + ordinal, "uid-" + ordinal, "127.0.0.1:1", RunnerProcess.CODE, capacity);
    this.steps = steps;
    this.choices = choices;
    this.numberOf = numberOf;
  }

  private final class Connection implements Slot {
    private final int slot;
    private final Set<Integer> cancelled = new HashSet<>();
    private boolean usable = true;
    private boolean keeps;
    private boolean holds;
    private int calls;

    Connection(int slot) {
      this.slot = slot;
    }

    @Override
    public int slot() {
      return slot;
    }

    @Override
    public boolean usable() {
      synchronized (SteppedRunner.this) {
        return usable;
      }
    }

    @Override
    public Reply call(
        Stay stay, EncodedCall body, CallOptions options, ReplyDecoder decoder, Wait wait) {
      Integer known = numberOf.apply(body);
      String name = known == null ? stay.verb().toString() : "call " + known;
      Underway call;
      synchronized (SteppedRunner.this) {
        if (!usable) {
          return new Reply.NotStarted("it has ended");
        }
        call = new Underway(this, ++calls, wait);
        underway.add(call);
      }
      try {
        steps.pause(name + " arrives at " + endpoint.runner());
        Reply refused = begin(known);
        if (refused != null) {
          return refused;
        }
        steps.pause(name + " ends on " + endpoint.runner());
        return end(stay, call.number());
      } finally {
        synchronized (SteppedRunner.this) {
          underway.remove(call);
          idle();
        }
      }
    }

    private Reply begin(Integer known) {
      synchronized (SteppedRunner.this) {
        if (!usable) {
          return new Reply.Lost(false, new IOException("cut before it began"));
        }
        boolean full = inFlight >= endpoint.maxConcurrency();
        if (!holds && (full || (refusals > 0 && choices.next(2, false) == 1))) {
          refusals -= full ? 0 : 1;
          troubled = true;
          return new Reply.Refused(Refusal.FULL, "");
        }
        inFlight += holds ? 0 : 1;
        holds = true;
        if (known != null) {
          began.add(known);
        }
        return null;
      }
    }

    private Reply end(Stay stay, int number) {
      synchronized (SteppedRunner.this) {
        if (usable && losses > 0 && choices.next(2, false) == 1) {
          losses--;
          troubled = true;
          abort();
        }
        if (!usable) {
          return new Reply.Lost(false, new IOException("cut"));
        }
        boolean cancels = cancelled.contains(number) && choices.next(2, false) == 0;
        boolean stays = stay.verb() == Stay.Verb.PLACE || stay.verb() == Stay.Verb.ATTACH;
        keeps = keeps ? stay.verb() != Stay.Verb.RELEASE : stays && !cancels;
        if (cancels) {
          return new Reply.Failed(
              Reply.Failed.Kind.CANCELLED, new CancellationException("as asked"), "");
        }
        return stays ? new Reply.Stays(null, List.of()) : new Reply.Result("result");
      }
    }

    /** No call is on it: it keeps its place only if something stays there. */
    private void idle() {
      if (holds && !(usable && keeps)) {
        holds = false;
        inFlight--;
      }
    }

    @Override
    public void abort() {
      synchronized (SteppedRunner.this) {
        usable = false;
        slots.remove(this);
        if (underway.stream().noneMatch(call -> call.slot() == this)) {
          idle();
        }
      }
    }
  }

  Slot slot(int number) throws IOException {
    steps.pause("connection to " + endpoint.runner());
    synchronized (this) {
      if (dead) {
        throw new IOException("refused");
      }
      Connection slot = new Connection(number);
      slots.add(slot);
      return slot;
    }
  }

  synchronized Control control(ControlListener to) throws IOException {
    if (dead) {
      throw new IOException("refused");
    }
    listener = to;
    HelloAck ack =
        new HelloAck(
            1,
            endpoint.uid(),
            "default/pool",
            RunnerProcess.CODE,
            List.of(),
            endpoint.maxConcurrency(),
            Phase.SERVING);
    return new Control() {
      @Override
      public HelloAck ack() {
        return ack;
      }

      @Override
      public void send(ControlMessage message) {
        if (message instanceof ControlMessage.Cancel cancel) {
          synchronized (SteppedRunner.this) {
            slots.stream()
                .filter(slot -> slot.slot == cancel.slot())
                .forEach(slot -> slot.cancelled.add(cancel.call()));
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  /** Its process dies. What is connected to it hears of that when it looks. */
  synchronized void kill() {
    dead = true;
    troubled = true;
    List.copyOf(slots).forEach(Connection::abort);
  }

  /** Its control connection says something. */
  void says(ControlMessage message) {
    ControlListener to = listener;
    if (to != null) {
      to.received(message);
    }
  }

  /** Its control connection ends. */
  void controlEnds() {
    ControlListener to = listener;
    listener = null;
    if (to != null) {
      to.closed(new IOException("ended"));
    }
  }

  /** Asks each call that is under way whether to wait on, as is done every 40 ms. */
  void look() {
    List<Underway> all;
    synchronized (this) {
      all = List.copyOf(underway);
    }
    for (Underway call : all) {
      if (!call.asked().tick(call.number())) {
        call.slot().abort();
      }
    }
  }

  synchronized int inFlight() {
    return inFlight;
  }

  synchronized boolean isAlive() {
    return !dead;
  }

  synchronized int arriving() {
    return underway.size();
  }
}
