package dev.flamepool.wire;

/** Numbers and names on the wire. */
public final class Protocol {
  /** What this version speaks. An operator N serves libraries N-1 to N+1. */
  public static final int VERSION = 1;

  static final int OLDEST = 1;

  static final int MAGIC = 0x464c4d50;

  static final int KIND_SLOT = 1;
  static final int KIND_CONTROL = 2;

  // Every connection begins with these.
  static final int HELLO = 1;
  static final int HELLO_ACK = 2;
  static final int HELLO_REFUSED = 3;

  // Slot, caller to runner.
  static final int CALL = 16;
  static final int BODY = 17;
  static final int STAY_CALL = 18;

  // Slot, runner to caller.
  static final int ADMIT = 24;
  static final int RESULT = 25;
  static final int FAILED = 26;
  static final int REFUSED = 27;
  static final int GOAWAY = 28;
  static final int RESULT_STAYS = 29;

  static final int FLAG_LINKED = 1;
  static final int FLAG_TIMEOUT = 2;
  static final int FLAG_HEADERS = 4;
  static final int FLAG_ADMIT_FIRST = 8;
  static final int ALL_FLAGS = 15;

  // Control.
  static final int LOAD = 32;
  static final int DRAINING = 33;
  static final int CANCEL = 34;
  static final int PING = 35;
  static final int PONG = 36;
  static final int KEPT = 37;
  static final int SETTINGS = 38;
  static final int WITHDRAWN = 39;
  static final int STOP = 40;
  static final int STATE = 41;
  // Fairness between callers.
  static final int WANT = 42;
  static final int GRANT = 43;
  static final int RETURNED = 44;

  private Protocol() {}

  /** The number of the call that follows on a slot: from 1, and again from 1 after the last int. */
  static int after(int call) {
    return call == Integer.MAX_VALUE ? 1 : call + 1;
  }

  /** The name in the certificate of a runner, and the SNI to reach it with. */
  public static String runnerName(String uid) {
    return uid + ".runner.flame";
  }
}
