package dev.flamepool.wire;

import dev.flamepool.wire.ControlMessage.Cancel;
import dev.flamepool.wire.ControlMessage.Draining;
import dev.flamepool.wire.ControlMessage.Grant;
import dev.flamepool.wire.ControlMessage.Load;
import dev.flamepool.wire.ControlMessage.Ping;
import dev.flamepool.wire.ControlMessage.Pong;
import dev.flamepool.wire.ControlMessage.Returned;
import dev.flamepool.wire.ControlMessage.State;
import dev.flamepool.wire.ControlMessage.Want;

/** Who may say which control message to whom, and how many. Pure. */
final class Speech {
  private Speech() {}

  /** A client said that to its runner. */
  static void checkClient(ControlMessage m, Role from) throws MalformedException {
    boolean callers = m instanceof Cancel || m instanceof Want || m instanceof Returned;
    boolean runners =
        m instanceof Load
            || m instanceof State
            || m instanceof Draining
            || m instanceof Grant
            || m instanceof Pong;
    boolean anyones = m instanceof Ping;
    check(anyones || (!runners && callers == (from == Role.CALLER)), m, from.dnsName());
  }

  /**
   * A runner said that.
   *
   * @param most calls that it runs at once
   */
  static void checkRunner(ControlMessage m, Role to, int most) throws MalformedException {
    boolean callers = m instanceof Load || m instanceof Grant;
    boolean operators = m instanceof State;
    boolean anyones = m instanceof Draining || m instanceof Pong;
    check(anyones || (to == Role.CALLER ? callers : operators), m, "a runner to " + to.dnsName());
    if (m instanceof State state) {
      Said.number("State.inFlight", state.inFlight(), 0, most);
    } else if (m instanceof Load load) {
      Said.number("Load.inFlight", load.inFlight(), 0, most);
    }
  }

  private static void check(boolean may, ControlMessage m, String who) throws MalformedException {
    if (!may) {
      throw new MalformedException(m.getClass().getSimpleName() + " is not for " + who + " to say");
    }
  }

  /** A runner has a few words a second for its operator, whatever it does. */
  static Pace ofRunner(Role to) {
    return to == Role.OPERATOR ? pace(20, 100) : pace(2_000, 4_000); // a grant for each short call
  }

  /** A caller that gives up thousands of calls at once may say so. */
  static Pace ofClient() {
    return pace(1_000, 2_000);
  }

  private static Pace pace(int perSecond, int burst) {
    return new Pace(perSecond, burst, System.nanoTime());
  }
}
