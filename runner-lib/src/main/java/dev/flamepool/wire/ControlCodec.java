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
 * Control messages as bytes; each field is checked where it is read. A longer message of a known
 * type is one with fields from a later version: the rest is skipped.
 */
final class ControlCodec {
  /** The name of a log level. */
  private static final int MAX_LEVEL = 16;

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
      p.string(Said.forPeer(stop.reason()));
      return Protocol.STOP;
    }
    State state = (State) m;
    p.u1(Codes.of(state.phase()));
    p.vint(state.inFlight());
    p.i8(state.idleMs());
    p.string(state.cause());
    p.string(Said.forPeer(state.message()));
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
      case Protocol.DRAINING -> new Draining(Said.constant("Draining.cause", in.string()));
      case Protocol.CANCEL ->
          new Cancel(
              Said.number("Cancel.slot", in.vint(), 0, Integer.MAX_VALUE),
              Said.number("Cancel.call", in.vint(), 0, Integer.MAX_VALUE));
      case Protocol.WANT -> new Want(calls("Want.calls", in, 0));
      case Protocol.GRANT -> new Grant(calls("Grant.calls", in, 1));
      case Protocol.RETURNED -> new Returned(calls("Returned.calls", in, 1));
      case Protocol.PING -> new Ping();
      case Protocol.PONG -> new Pong();
      case Protocol.KEPT -> new Kept(Said.flag("Kept.kept", in.u1()));
      case Protocol.SETTINGS ->
          new Settings(
              Said.millisOrNever("Settings.idleShutdownAfterMs", in.i8()),
              Said.millisOrNever("Settings.minIdleShutdownAfterMs", in.i8()),
              Said.name("Settings.log", in.string(), MAX_LEVEL));
      case Protocol.WITHDRAWN -> new Withdrawn();
      case Protocol.STOP ->
          new Stop(Said.millis("Stop.graceMs", in.i8()), Said.text("Stop.reason", in.string()));
      case Protocol.STATE ->
          new State(
              Codes.read(Phase.values(), in.u1(), Phase.GONE),
              calls("State.inFlight", in, 0),
              Said.millis("State.idleMs", in.i8()),
              Said.constant("State.cause", in.string()),
              Said.text("State.message", in.string()));
      default -> null;
    };
  }

  private static int calls(String field, In in, int min) throws IOException {
    return Said.number(field, in.vint(), min, Said.MAX_CALLS);
  }

  /** A runner of an earlier version says less. */
  private static Load load(In in) throws IOException {
    int inFlight = calls("Load.inFlight", in, 0);
    long accepted = Said.number("Load.accepted", in.vlong(), 0, Long.MAX_VALUE);
    int capacity = calls("Load.capacity", in, 1);
    boolean more = in.remaining() > 0;
    return new Load(
        inFlight,
        accepted,
        capacity,
        more && Said.flag("Load.turns", in.u1()),
        more ? Said.number("Load.share", in.vint(), 0, Said.MAX_PEERS) : 0,
        more ? Said.number("Load.callers", in.vint(), 0, Said.MAX_PEERS) : 0);
  }
}
