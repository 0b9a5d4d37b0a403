package dev.flamepool.wire;

import java.util.Map;

/**
 * A call as it reaches the runner; its body is still on the connection.
 *
 * @param number counts up on its slot
 * @param timeoutMs execution limit, -1 for none
 * @param bodyLength bytes to come
 * @param admitFirst the caller holds the body back until {@link SlotEnd#admit}
 */
public record IncomingCall(
    int number,
    boolean linked,
    long timeoutMs,
    Map<String, String> headers,
    SiteRef site,
    BodyIn body,
    long bodyLength,
    boolean admitFirst) {}
