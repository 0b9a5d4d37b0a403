package dev.flamepool.wire;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the values of replies. One serves all connections; thread-safe. */
public interface ReplyDecoder {
  /** The one for the reply to that call, which has classes where the call stands. */
  default ReplyDecoder to(EncodedCall call) {
    return this;
  }

  /**
   * Reads one value.
   *
   * @throws UnreadableException if it is refused; the connection skips the rest and goes on
   */
  @Nullable Object value(BodyIn in) throws IOException, UnreadableException;

  /**
   * Reads one value that may track what stays on the runner.
   *
   * @param tracked takes each of those
   */
  @Nullable Object value(BodyIn in, Consumer<Object> tracked)
      throws IOException, UnreadableException;

  /** Reads one failure, never null. */
  Throwable failure(BodyIn in) throws IOException, UnreadableException;
}
