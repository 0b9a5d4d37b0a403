package dev.flamepool.runner;

import dev.flamepool.wire.ControlEnd;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.ControlMessage.Cancel;
import dev.flamepool.wire.ControlMessage.Kept;
import dev.flamepool.wire.ControlMessage.Ping;
import dev.flamepool.wire.ControlMessage.Returned;
import dev.flamepool.wire.ControlMessage.Settings;
import dev.flamepool.wire.ControlMessage.Stop;
import dev.flamepool.wire.ControlMessage.Want;
import dev.flamepool.wire.ControlMessage.Withdrawn;
import dev.flamepool.wire.Role;
import java.io.IOException;

/**
 * One control connection on its own platform thread. What only the operator may say does not come
 * here from anybody else.
 */
final class ControlSession {
  private final Runner runner;
  private final ControlEnd end;
  private final Role role;
  private final Peer peer;
  private boolean withdrawn;

  ControlSession(Runner runner, ControlEnd end, Role role, Peer peer) {
    this.runner = runner;
    this.end = end;
    this.role = role;
    this.peer = peer;
  }

  void run() {
    runner.misspoke(end.read(this::received));
  }

  private void received(ControlMessage m) {
    if (m instanceof Ping) {
      tell();
    } else if (m instanceof Cancel cancel) {
      SlotSession slot = peer.slot(cancel.slot());
      if (slot != null) {
        slot.gate().interrupt(cancel.call(), CallGate.Why.CANCELLED);
      }
    } else if (m instanceof Want want) {
      runner.fairness().want(peer, want.calls());
    } else if (m instanceof Returned returned) {
      runner.fairness().returned(peer, returned.calls());
    } else if (m instanceof Kept kept) {
      runner.lifecycle().kept(kept.kept());
    } else if (m instanceof Settings s) {
      runner.lifecycle().limits(s.idleShutdownAfterMs(), s.minIdleShutdownAfterMs());
      Say.level(s.log());
    } else if (m instanceof Withdrawn && !withdrawn) {
      withdrawn = true;
      Say.info("withdrawn: no new calls will come, running ones finish");
    } else if (m instanceof Stop stop) {
      runner.stop(stop.graceMs(), stop.reason());
    }
  }

  /** How it is: Load for a caller, State for the operator. */
  void tell() {
    send(role == Role.OPERATOR ? runner.state() : runner.load(peer));
  }

  void send(ControlMessage m) {
    try {
      end.send(m);
    } catch (IOException e) {
      // its reader notices the same
    }
  }

  void close(String why) {
    end.close(why);
  }

  ControlEnd end() {
    return end;
  }
}
