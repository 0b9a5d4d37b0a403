package dev.flamepool.wire;

import java.util.concurrent.atomic.AtomicBoolean;

/** Marks what is not written yet. */
public final class Pending {
  private static final AtomicBoolean NEVER = new AtomicBoolean();

  private Pending() {}

  /** Fails. */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  public static <T> T yet() {
    if (NEVER.get()) {
      throw new IllegalStateException();
    }
    throw new UnsupportedOperationException("not written yet");
  }
}
