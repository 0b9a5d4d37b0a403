package dev.flamepool.operator.control;

import java.time.Duration;
import java.util.Optional;

/**
 * How a runner idles, which may change without a new revision.
 *
 * @param kept whether it is held for {@code min}
 * @param idleShutdownAfter for runners that are not kept; empty is never
 * @param minIdleShutdownAfter for kept ones; empty is never
 * @param log the library's log level on the runner
 */
public record IdleSettings(
    boolean kept,
    Optional<Duration> idleShutdownAfter,
    Optional<Duration> minIdleShutdownAfter,
    String log) {}
