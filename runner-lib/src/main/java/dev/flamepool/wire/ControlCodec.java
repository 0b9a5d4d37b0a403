package dev.flamepool.wire;

import dev.flamepool.wire.ControlMessage.Cancel;
import dev.flamepool.wire.ControlMessage.Draining;
import dev.flamepool.wire.ControlMessage.Grant;
import dev.flamepool.wire.ControlMessage.Kept;
import dev.flamepool.wire.ControlMessage.Load;
import dev.flamepool.wire.ControlMessage.Ping;
import dev.flamepool.wire.ControlMessage.Pong;
import dev.flamepool.wire.ControlMessage.Returned;
import dev.flamepool.wire.ControlMessage.Settings;
import dev.flamepool.wire.ControlMessage.State;
import dev.flamepool.wire.ControlMessage.Stop;
import dev.flamepool.wire.ControlMessage.Want;
import dev.flamepool.wire.ControlMessage.Withdrawn;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Control messages as bytes. A longer message of a known type is one with fields from a later
 * version: the rest is skipped.
 */
final class ControlCodec {
  private ControlCodec() {}

  static Out encode(ControlMessage m) {
    Out p = new Out(64);
    return Frame.of(write(m, p), p);
  }

  private static int write(ControlMessage m, Out p) {
    if (m instanceof Load load) {
      p.vint(load.inFlight());
      p.vlong(load.accepted());
      p.vint(load.capacity());
      p.u1(load.turns() ? 1 : 0);
      p.vint(load.share());
      p.vint(load.callers());
      return Protocol.LOAD;
    }
    if (m instanceof Draining draining) {
      p.string(draining.cause());
      return Protocol.DRAINING;
    }
    if (m instanceof Cancel cancel) {
      p.vint(cancel.slot());
      p.vint(cancel.call());
      return Protocol.CANCEL;
    }
    if (m instanceof Want want) {
      p.vint(want.calls());
      return Protocol.WANT;
    }
    if (m instanceof Grant grant) {
      p.vint(grant.calls());
      return Protocol.GRANT;
    }
    if (m instanceof Returned returned) {
      p.vint(returned.calls());
      return Protocol.RETURNED;
    }
    if (m instanceof Ping) {
      return Protocol.PING;
    }
    if (m instanceof Pong) {
      return Protocol.PONG;
    }
    if (m instanceof Kept kept) {
      p.u1(kept.kept() ? 1 : 0);
      return Protocol.KEPT;
    }
    if (m instanceof Settings settings) {
      p.i8(settings.idleShutdownAfterMs());
      p.i8(settings.minIdleShutdownAfterMs());
      p.string(settings.log());
      return Protocol.SETTINGS;
    }
    if (m instanceof Withdrawn) {
      return Protocol.WITHDRAWN;
    }
    if (m instanceof Stop stop) {
      p.i8(stop.graceMs());
      p.string(stop.reason());
      return Protocol.STOP;
    }
    State state = (State) m;
    p.u1(Codes.of(state.phase()));
    p.vint(state.inFlight());
    p.i8(state.idleMs());
    p.string(state.cause());
    p.string(state.message());
    return Protocol.STATE;
  }

  /** Reads one message; null for a type that this version does not know. */
  static @Nullable ControlMessage read(In in) throws IOException {
    int type = in.u1();
    Frame.open(in, Limits.MAX_CONTROL_BYTES);
    ControlMessage m = read(type, in);
    in.unlimit();
    return m;
  }

  private static @Nullable ControlMessage read(int type, In in) throws IOException {
    return switch (type) {
      case Protocol.LOAD -> load(in);
      case Protocol.DRAINING -> new Draining(in.string(Limits.MAX_NAME));
      case Protocol.CANCEL -> new Cancel(in.vint(), in.vint());
      case Protocol.WANT -> new Want(in.vint());
      case Protocol.GRANT -> new Grant(in.vint());
      case Protocol.RETURNED -> new Returned(in.vint());
      case Protocol.PING -> new Ping();
      case Protocol.PONG -> new Pong();
      case Protocol.KEPT -> new Kept(in.u1() == 1);
      case Protocol.SETTINGS -> new Settings(in.i8(), in.i8(), in.string(Limits.MAX_NAME));
      case Protocol.WITHDRAWN -> new Withdrawn();
      case Protocol.STOP -> new Stop(in.i8(), in.string(Limits.MAX_TEXT));
      case Protocol.STATE ->
          new State(
              Codes.read(Phase.values(), in.u1(), Phase.GONE),
              in.vint(),
              in.i8(),
              in.string(Limits.MAX_NAME),
              in.string(Limits.MAX_TEXT));
      default -> null;
    };
  }

  /** A runner of an earlier version says less. */
  private static Load load(In in) throws IOException {
    int inFlight = in.vint();
    long accepted = in.vlong();
    int capacity = in.vint();
    boolean more = in.remaining() > 0;
    return new Load(
        inFlight,
        accepted,
        capacity,
        more && in.u1() == 1,
        more ? in.vint() : 0,
        more ? in.vint() : 0);
  }
}
