package dev.flamepool.simulators.machine;

/**
 * How a machine's process ended.
 *
 * @param code its exit code; 128 and the number of the signal that killed it; {@link #UNKNOWN} if
 *     nobody saw
 * @param signal the signal that killed it, else -1
 * @param oomKilled whether the machine ran out of memory
 */
public record Exit(int code, int signal, boolean oomKilled) {
  /** The code of a process that ended, or was ended, while no simulator watched it. */
  public static final int UNKNOWN = -1;

  /** An end by an exit code. */
  public static Exit of(int code) {
    return new Exit(code, code > 128 && code < 128 + 65 ? code - 128 : -1, false);
  }

  /** An end that nobody saw. */
  public static Exit unseen() {
    return new Exit(UNKNOWN, -1, false);
  }
}
