package dev.flamepool.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as bytes, independent of any connection: encoded once, in the calling thread, and sent by
 * whichever slot takes it. Immutable once made, so it may be sent again where the first attempt
 * provably never started.
 *
 * @param site identity matters: a connection sends the same object once and then only its id
 * @param body the captured values
 * @param extras what interceptors know of it
 * @param loader of the class in which the call stands, which knows the classes of its reply; null
 *     where that is not known
 */
public record EncodedCall(Site site, Body body, Extras extras, @Nullable ClassLoader loader) {
  /** In place of a call where a {@link Stay} is all that is sent. */
  public static final EncodedCall NOTHING =
      new EncodedCall(
          new Site("", "", "", "", 0, "", "", "", "", 0, false), new Body(List.of(), new Out(0)));

  /** Bytes of heap of a header without its characters. */
  private static final int HEADER = 150;

  /** A call that no interceptor has seen. */
  public EncodedCall(Site site, Body body) {
    this(site, body, Extras.NONE, null);
  }

  /** A call that no interceptor has seen, of a class of that loader. */
  public EncodedCall(Site site, Body body, @Nullable ClassLoader loader) {
    this(site, body, Extras.NONE, loader);
  }

  /**
   * What goes with a call that interceptors have seen.
   *
   * @param headers for the runner's interceptors
   * @param progress hears of its way
   */
  public record Extras(Map<String, String> headers, Progress progress) {
    static final Extras NONE = new Extras(Map.of(), new Progress() {});
  }

  /** Hears of a call's way to a runner. Must not block or throw. */
  public interface Progress {
    /** About to be sent to that runner. */
    default void sending(String runner) {}

    /** That runner did not take it. */
    default void refused(String runner) {}
  }

  /** The same with extras. */
  public EncodedCall with(Extras own) {
    return new EncodedCall(site, body, own, loader);
  }

  /** Bytes of heap that it keeps, for bounds on what queues; about. */
  public long held() {
    long own = body.held();
    for (Map.Entry<String, String> header : extras.headers().entrySet()) {
      own += HEADER + 2L * (header.getKey().length() + header.getValue().length());
    }
    return own;
  }

  /** Bytes of the captured values. */
  public long size() {
    return body.size();
  }
}
