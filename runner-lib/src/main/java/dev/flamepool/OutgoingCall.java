package dev.flamepool;

/** A call that is being made, as {@link CallInterceptor#calling} sees it. */
public interface OutgoingCall {
  /** The name of the pool. */
  String pool();

  /** Names this call in logs on both sides: unique among all processes, no secret. */
  String id();

  /** Where in the source it stands: class and method. */
  String site();

  /** Whether the thread that makes it waits for its end. */
  boolean isWaitedFor();

  /**
   * Sends something along, for {@link RunningCall#headers}.
   *
   * @param key replaces a value given before; at most 256 characters
   * @param value at most 8,192 characters
   * @throws IllegalArgumentException beyond these limits, or beyond 64 headers
   */
  void header(String key, String value);
}
