package dev.flamepool.wire;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Encoded values and the class names they mention by index, independent of any connection.
 * Immutable once sent.
 */
public final class Body {
  private final List<String> classes;
  private final Out bytes;
  private final Set<String> needs;

  /**
   * Takes both over: they must not change any more.
   *
   * @param classes names, in order of first use
   * @param bytes the values
   */
  public Body(List<String> classes, Out bytes) {
    this(classes, bytes, Set.of());
  }

  /**
   * Takes all over: they must not change any more.
   *
   * @param needs what the reader takes only if it says so in its hello or its answer
   */
  public Body(List<String> classes, Out bytes, Set<String> needs) {
    this.classes = classes;
    this.bytes = bytes;
    this.needs = needs;
  }

  /** What the reader takes only if it says so in its hello or its answer; mostly nothing. */
  public Set<String> needs() {
    return needs;
  }

  /** The same with fewer needs. */
  public Body needing(Predicate<String> still) {
    Set<String> left = new TreeSet<>(needs);
    left.removeIf(still.negate());
    return new Body(classes, bytes, left);
  }

  /** The same with something before it, which this takes over. */
  public Body after(Out head) {
    head.append(bytes);
    return new Body(classes, head, needs);
  }

  List<String> classes() {
    return classes;
  }

  Out bytes() {
    return bytes;
  }

  /** Bytes of heap that it keeps, for bounds on what queues; about. */
  long held() {
    return 150 + bytes.held() + 8L * (classes.size() + needs.size());
  }

  /** Bytes of the values. */
  public long size() {
    return bytes.size();
  }
}
