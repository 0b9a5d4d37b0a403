package dev.flamepool.wire;

import org.jspecify.annotations.Nullable;

/**
 * A class name as one connection knows it. What the reader made of it is kept beside it, so it is
 * looked up once.
 */
public final class ClassRef {
  private final String name;
  private @Nullable Object resolved;

  ClassRef(String name) {
    this.name = name;
  }

  /** Binary name, as {@code Class.getName()} gives it. */
  public String name() {
    return name;
  }

  /** What {@link #resolve} was given. */
  public @Nullable Object resolved() {
    return resolved;
  }

  /** Keeps what this name means to the reader. */
  public void resolve(Object meaning) {
    resolved = meaning;
  }
}
