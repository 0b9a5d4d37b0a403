package dev.flamepool.wire;

/**
 * Bounds on everything that comes over the wire, so that no peer can make this process hold more
 * than it should.
 */
public final class Limits {
  /** One message, 512 MiB. */
  public static final long MAX_MESSAGE_BYTES = 512L << 20;

  /** An exception as an object; a larger one travels as its description only. */
  public static final int MAX_EXCEPTION_BYTES = 1 << 20;

  /** A failure: the object, and a description of as many characters as that may have. */
  static final int MAX_FAILURE_BYTES = 4 << 20;

  /**
   * What stands before the body of a message: names, headers. Nothing that works comes near; of a
   * heap of 64 MiB it is the 128th part.
   */
  static final long MAX_HEAD_BYTES =
      Math.min(2L << 20, Math.max(256L << 10, Runtime.getRuntime().maxMemory() / 128));

  /** Above this a call's header goes first and its body after admission. */
  public static final int ADMIT_FIRST_BYTES = 64 * 1024;

  /** Call sites and class names that a connection remembers; more are sent each time. */
  static final int MAX_INTERNED = 4_096;

  /** Classes one message may mention. */
  static final int MAX_CLASSES = 4_096;

  static final int MAX_NAME = 16 * 1024;

  /** Characters of a stack trace as text. */
  static final int MAX_TRACE = 16 * 1024;

  /** Headers of one call. */
  public static final int MAX_HEADERS = 64;

  /** Characters of a header's key. */
  public static final int MAX_HEADER_KEY = 256;

  /** Characters of a header's value. */
  public static final int MAX_HEADER_VALUE = 8_192;

  /** A hello, or one message of a control connection. */
  static final int MAX_CONTROL_BYTES = 64 * 1024;

  /** The answer to a hello, which may name the artifacts of a whole application. */
  static final int MAX_ANSWER_BYTES = 1 << 20;

  /** Artifacts that such an answer names. */
  static final int MAX_ARTIFACTS = 2_000;

  /** Characters of one of them. */
  static final int MAX_ARTIFACT = 512;

  /** Packages, classes and codecs that one end says it takes. */
  public static final int MAX_TAKES = 200;

  /** Characters of one of them. */
  public static final int MAX_TAKE = 200;

  private Limits() {}
}
