package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.HeapAccount;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runner's end: a result into bytes, whole before the first one is sent. */
public final class Results {
  private Results() {}

  /**
   * Encodes a result. Big arrays are lent: they are read again while the reply is sent.
   *
   * @throws IllegalArgumentException naming the class that cannot be sent and where it lies in the
   *     result
   */
  public static Body encode(@Nullable Object value) {
    return encode(value, Policy.RESULTS, null, null);
  }

  /**
   * Encodes what a call returned, as far as its caller takes it.
   *
   * @param call what returned it; null for what no function did
   * @param tracked takes what stays here and is tracked, each once, in the order of the numbers it
   *     is sent as; null where none may be
   */
  public static Body encode(
      @Nullable Object value,
      CallReader.@Nullable Invocation call,
      @Nullable List<TrackedHere<?>> tracked) {
    return encode(value, call, tracked, null);
  }

  /**
   * The same.
   *
   * @param account pays for what is written; null if nobody counts
   * @throws dev.flamepool.wire.MessageTooLargeException if it does not have so much
   */
  public static Body encode(
      @Nullable Object value,
      CallReader.@Nullable Invocation call,
      @Nullable List<TrackedHere<?>> tracked,
      @Nullable HeapAccount account) {
    return encode(value, call == null ? Policy.RESULTS : call.results(), tracked, account);
  }

  private static Body encode(
      @Nullable Object value,
      Policy policy,
      @Nullable List<TrackedHere<?>> tracked,
      @Nullable HeapAccount account) {
    ValueWriter w = new ValueWriter(64, true, policy, tracked, account);
    try {
      w.values(new Object[] {value});
      return w.body();
    } catch (IOException e) {
      Culprit c = Culprit.find(value, e, true);
      throw new IllegalArgumentException(
          "the result"
              + (c.path().isEmpty() ? "" : " (at " + c.path() + ")")
              + " is a "
              + c.type()
              + ", which cannot be sent: "
              + c.remedy(),
          e);
    }
  }
}
