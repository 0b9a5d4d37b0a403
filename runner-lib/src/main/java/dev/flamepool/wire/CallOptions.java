package dev.flamepool.wire;

import java.util.Map;

/**
 * What goes with a call.
 *
 * @param timeoutMs execution limit, counted by the runner from admission; -1 for none
 * @param linked the runner interrupts the call when this process is gone; else it may finish within
 *     the grace
 * @param headers for interceptors; at most 64 entries
 */
public record CallOptions(long timeoutMs, boolean linked, Map<String, String> headers) {
  /** Linked, without a limit, without headers. */
  public static final CallOptions DEFAULT = new CallOptions(-1, true, Map.of());
}
