package dev.flamepool.wire;

import java.util.List;

/**
 * Encoded values and the class names they mention by index, independent of any connection.
 * Immutable once sent.
 */
public final class Body {
  private final List<String> classes;
  private final Out bytes;

  /**
   * Takes both over: they must not change any more.
   *
   * @param classes names, in order of first use
   * @param bytes the values
   */
  public Body(List<String> classes, Out bytes) {
    this.classes = classes;
    this.bytes = bytes;
  }

  List<String> classes() {
    return classes;
  }

  Out bytes() {
    return bytes;
  }

  /** Bytes of the values. */
  public long size() {
    return bytes.size();
  }
}
