package dev.flamepool.operator.control;

/**
 * What a runner said last over its control connection.
 *
 * @param connected whether the connection is up now
 * @param codeVersion of the application on the runner
 * @param state as the runner sees itself
 * @param inFlight calls running on it
 * @param cause why it drains or ended: {@code Idle}, {@code SingleUse}, {@code Lifetime}, {@code
 *     Drained}, {@code Orphan}, {@code OutOfMemory}, {@code SpotInterrupted}; else empty
 * @param problem why it cannot be reached, while it was never connected or the connection is lost;
 *     else empty
 */
public record RunnerReport(
    boolean connected,
    String codeVersion,
    State state,
    int inFlight,
    String cause,
    String problem) {
  /** How a problem begins that lies in the network and not at the runner. */
  public static final String NO_ROUTE = "there is no route to ";

  /** What a problem contains if what answered there does not take this operator for its own. */
  public static final String REFUSED = " refused the operator";

  /** Whether a runner answered, and refused. */
  public boolean isRefusal() {
    return problem.contains(REFUSED);
  }

  /** Whether nothing of the runner's machine could be reached at all. */
  public boolean isRouteMissing() {
    return problem.startsWith(NO_ROUTE);
  }

  /** A runner's own state. */
  public enum State {
    /** It has not said hello. */
    UNKNOWN,
    /** Starting the application. */
    BOOTING,
    /** Taking calls. */
    SERVING,
    /** Finishing its calls, taking no new ones. */
    DRAINING,
    /** It said that it ends now. */
    GONE
  }
}
