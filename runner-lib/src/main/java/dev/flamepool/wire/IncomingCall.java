package dev.flamepool.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as it reaches the runner; its body is still on the connection.
 *
 * @param stay what it has to do with objects that stay; without a function there is no site and the
 *     body is empty
 * @param number counts up on its slot
 * @param timeoutMs execution limit, -1 for none
 * @param bodyLength bytes to come
 * @param admitFirst the caller holds the body back until {@link SlotEnd#admit}
 */
public record IncomingCall(
    Stay stay,
    int number,
    boolean linked,
    long timeoutMs,
    Map<String, String> headers,
    @Nullable SiteRef site,
    BodyIn body,
    long bodyLength,
    boolean admitFirst) {}
