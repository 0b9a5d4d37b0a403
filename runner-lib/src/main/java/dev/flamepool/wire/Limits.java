package dev.flamepool.wire;

/**
 * Bounds on everything that comes over the wire, so that no peer can make this process hold more
 * than it should.
 */
public final class Limits {
  /** One message, 512 MiB (DESIGN section 5, {@code maxMessageBytes}). */
  public static final long MAX_MESSAGE_BYTES = 512L << 20;

  /** Above this a call's header goes first and its body after admission. */
  public static final int ADMIT_FIRST_BYTES = 64 * 1024;

  /** Call sites and class names that a connection remembers; more are sent each time. */
  static final int MAX_INTERNED = 4_096;

  /** Classes one message may mention. */
  static final int MAX_CLASSES = 4_096;

  static final int MAX_NAME = 16 * 1024;
  static final int MAX_TEXT = 64 * 1024;

  /** Headers of one call. */
  public static final int MAX_HEADERS = 64;

  static final int MAX_CONTROL_BYTES = 1 << 20;

  private Limits() {}
}
