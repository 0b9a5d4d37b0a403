package dev.flamepool.wire;

/**
 * What control connections carry. Types are numbered on the wire ({@code ControlCodec}); unknown
 * ones are skipped. All times are durations.
 */
public sealed interface ControlMessage {
  /**
   * Runner to caller: how full it is; sent when that changes, at most every 250 ms.
   *
   * @param inFlight calls that run
   * @param accepted calls admitted so far
   * @param capacity calls it runs at once
   * @param turns whether others wait, so that a call of this caller needs a {@link Grant}
   * @param share slot connections this caller may keep open; 0 where the runner does not say
   * @param callers connected to it; 0 where the runner does not say
   */
  record Load(int inFlight, long accepted, int capacity, boolean turns, int share, int callers)
      implements ControlMessage {}

  /**
   * Runner to all: it ends and admits nothing more. {@code cause} is the name of an {@code
   * EndCause}.
   */
  record Draining(String cause) implements ControlMessage {}

  /** Caller to runner: interrupt that call if it still runs; 0 names none. */
  record Cancel(int slot, int call) implements ControlMessage {}

  /**
   * Caller to a full runner: so many of its calls wait for a place there. A level, not an event: 0
   * takes it back, and every grant lowers it by one.
   */
  record Want(int calls) implements ControlMessage {}

  /**
   * Runner to a caller that waits: so many of its next calls are admitted, if they arrive within
   * 100 ms.
   */
  record Grant(int calls) implements ControlMessage {}

  /** Caller to runner: so many grants are not needed any more. */
  record Returned(int calls) implements ControlMessage {}

  /** Every 3 s by the client, so that a silent peer is noticed. */
  record Ping() implements ControlMessage {}

  /** Answer to {@link Ping}. */
  record Pong() implements ControlMessage {}

  /**
   * Operator to runner: whether it is held for {@code min}; restarts the idle clock where it
   * changes.
   */
  record Kept(boolean kept) implements ControlMessage {}

  /**
   * Operator to runner: settings that are no revision. -1 is never; {@code log} is a level's name.
   */
  record Settings(long idleShutdownAfterMs, long minIdleShutdownAfterMs, String log)
      implements ControlMessage {}

  /** Operator to runner: it is out of the endpoints; for its log and its State only. */
  record Withdrawn() implements ControlMessage {}

  /**
   * Operator to runner: drain and exit; running calls may take {@code graceMs}, then they are
   * interrupted.
   */
  record Stop(long graceMs, String reason) implements ControlMessage {}

  /**
   * Runner to operator, at once when the phase changes, else when something changes, at most every
   * 250 ms, and with every pong.
   *
   * @param phase where it is in its life
   * @param inFlight calls that run
   * @param idleMs how long it has been without a call; 0 while there is one
   * @param cause the name of an {@code EndCause} once it is draining, else empty
   * @param message for people; may be empty
   */
  record State(Phase phase, int inFlight, long idleMs, String cause, String message)
      implements ControlMessage {}
}
