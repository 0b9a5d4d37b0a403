package dev.flamepool.wire;

import java.time.Duration;

/**
 * How long to wait for a connection.
 *
 * @param connect for TCP
 * @param handshake for TLS and the answer to hello together
 */
public record Timeouts(Duration connect, Duration handshake) {
  /** 3 s to connect, 10 s to shake hands: a runner on a cold, busy core must fit in. */
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10));
}
