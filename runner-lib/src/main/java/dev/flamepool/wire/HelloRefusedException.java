package dev.flamepool.wire;

import java.io.IOException;

/**
 * The peer answered, and does not want this connection: wrong certificate, pool, role or protocol.
 */
public final class HelloRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  /** Which of the client's properties was refused. */
  public enum Reason {
    /** The certificate: another authority, a wrong name or usage, none at all. */
    CERTIFICATE,
    /** No protocol number in common. */
    PROTOCOL,
    /** The runner belongs to another pool. */
    POOL,
    /** The certificate does not speak for the role claimed. */
    ROLE,
    /** The runner is ending. */
    DRAINING,
    /** A reason that this version does not know. */
    OTHER,
    /** The caller has more slots open than its share, and the runner as many as it keeps. */
    SHARE,
    /** A kind of connection that this version does not know. */
    KIND,
    /** Something that the client says of itself is out of range. */
    HELLO
  }

  private final Reason reason;

  HelloRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  HelloRefusedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What was refused. */
  public Reason reason() {
    return reason;
  }
}
