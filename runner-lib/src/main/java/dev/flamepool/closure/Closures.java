package dev.flamepool.closure;

import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Pending;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import org.jspecify.annotations.Nullable;

/** The caller's end: a function into a call, a reply into a value. All methods are thread-safe. */
public final class Closures {
  private Closures() {}

  /**
   * Encodes a function: a serializable lambda or method reference, or any Serializable that
   * implements the interface.
   *
   * @param function what to call
   * @param functionalInterface the interface whose one abstract method is to be called there,
   *     without arguments or with a {@code RunnerContext}; used only for a function that is no
   *     lambda
   * @param borrow true lets big arrays be sent from where they are, for a caller that is blocked
   *     until the end of its call; false copies everything now
   * @throws CaptureException if something in it cannot be sent
   */
  public static EncodedCall encode(Object function, Class<?> functionalInterface, boolean borrow) {
    return Pending.yet();
  }

  /**
   * Reads results and failures: JDK values and collections, exceptions, and classes of the
   * application, nothing else.
   *
   * @param application loads the application's classes
   */
  public static ReplyDecoder replies(ClassLoader application) {
    return Pending.yet();
  }

  /**
   * Runs an encoded call in this process and on this thread, through the same encoding and decoding
   * as on a runner.
   *
   * @param context what a function with one parameter receives
   * @return {@link Reply.Result}, {@link Reply.Failed} or {@link Reply.Unreadable}
   */
  public static Reply runHere(EncodedCall call, ClassLoader application, @Nullable Object context) {
    return Pending.yet();
  }
}
