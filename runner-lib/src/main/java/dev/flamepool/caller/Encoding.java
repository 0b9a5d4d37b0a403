package dev.flamepool.caller;

import dev.flamepool.CallNotSerializableException;
import dev.flamepool.MessageTooLargeException;
import dev.flamepool.RemoteFunction;
import dev.flamepool.closure.CaptureException;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Encodes work in the calling thread; what goes wrong is told in the library's exceptions. */
final class Encoding {
  /** The largest call, in encoded bytes. */
  static final long MAX_MESSAGE_BYTES = 512L << 20;

  private Encoding() {}

  /**
   * Encodes a function that is handed something on the runner, or nothing.
   *
   * @param borrow see {@link Closures#encode}
   */
  static EncodedCall of(Object work, Class<?> type, boolean borrow) {
    Objects.requireNonNull(work, "work");
    return checked(() -> Closures.encode(work, type, borrow));
  }

  /** Encodes a function together with what it is to be called with. */
  static EncodedCall applied(RemoteFunction<?, ?> work, @Nullable Object argument) {
    Objects.requireNonNull(work, "work");
    return checked(() -> Closures.encodeApplied(work, RemoteFunction.class, argument));
  }

  private static EncodedCall checked(Supplier<EncodedCall> encode) {
    EncodedCall call;
    try {
      call = encode.get();
    } catch (dev.flamepool.wire.MessageTooLargeException e) {
      throw new MessageTooLargeException(e.getMessage());
    } catch (CaptureException e) {
      String which =
          e.index() == CaptureException.ARGUMENT
              ? "the argument"
              : e.index() < 0 ? "the function" : "captured value " + e.index();
      throw new CallNotSerializableException(
          e.getMessage(), e.capturingClass(), which + e.path(), e.type(), e);
    }
    if (call.size() > MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException(
          "The call in "
              + call.site()
              + " captures "
              + call.size()
              + " bytes; one message holds at most "
              + MAX_MESSAGE_BYTES
              + ". Capture a reference to the data instead, or split it.");
    }
    return call;
  }
}
