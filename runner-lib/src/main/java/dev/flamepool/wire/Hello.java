package dev.flamepool.wire;

import java.util.List;

/**
 * What a client says of itself first on every connection.
 *
 * @param role whom it speaks for; the certificate must agree
 * @param callerId the same on all connections of one process, so that its control connection can
 *     cancel calls on its slots; at most 128 characters
 * @param pool {@code namespace/name}; a runner of another pool refuses
 * @param codeVersion of the client's application; empty for the operator
 * @param takes packages and classes whose values it takes in results, beyond what everybody does
 * @param names bytes that it remembers of the names on this connection
 */
public record Hello(
    Role role, String callerId, String pool, String codeVersion, List<String> takes, long names) {

  /** Of one that takes in results what everybody does. */
  public Hello(Role role, String callerId, String pool, String codeVersion) {
    this(role, callerId, pool, codeVersion, List.of());
  }

  /** Of one that takes more. */
  public Hello(Role role, String callerId, String pool, String codeVersion, List<String> takes) {
    this(role, callerId, pool, codeVersion, takes, NameRoom.MOST);
  }
}
