package dev.flamepool.operator;

import org.jspecify.annotations.Nullable;

/**
 * The operator cannot be started as it was told to. The message is one sentence, with the remedy.
 */
public final class StartException extends RuntimeException {
  /** Something that only whoever started it can change. */
  public StartException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
