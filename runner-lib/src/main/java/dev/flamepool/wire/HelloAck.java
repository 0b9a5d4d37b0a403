package dev.flamepool.wire;

import java.util.List;

/**
 * What the runner answers.
 *
 * @param protocol the number both ends speak from here on
 * @param runnerUid as in its certificate
 * @param pool {@code namespace/name}
 * @param codeVersion of its application; empty on a slot connection, which must not wait for it
 * @param artifacts {@code name=digest} of each artifact behind {@link #codeVersion}, only where
 *     that differs from the client's; feed it to {@code CodeVersion.firstDifference}
 * @param maxConcurrency calls it runs at once
 * @param phase where it is in its life
 * @param takes packages and classes whose values it takes in calls, beyond what everybody does
 * @param names bytes that it remembers of the names on this connection
 */
public record HelloAck(
    int protocol,
    String runnerUid,
    String pool,
    String codeVersion,
    List<String> artifacts,
    int maxConcurrency,
    Phase phase,
    List<String> takes,
    long names) {

  /** Of one that takes in calls what everybody does. */
  public HelloAck(
      int protocol,
      String runnerUid,
      String pool,
      String codeVersion,
      List<String> artifacts,
      int maxConcurrency,
      Phase phase) {
    this(protocol, runnerUid, pool, codeVersion, artifacts, maxConcurrency, phase, List.of());
  }

  /** Of one that takes more. */
  public HelloAck(
      int protocol,
      String runnerUid,
      String pool,
      String codeVersion,
      List<String> artifacts,
      int maxConcurrency,
      Phase phase,
      List<String> takes) {
    this(
        protocol,
        runnerUid,
        pool,
        codeVersion,
        artifacts,
        maxConcurrency,
        phase,
        takes,
        NameRoom.MOST);
  }

  /** The same of a connection that remembers so many bytes of names. */
  HelloAck remembering(long bytes) {
    return new HelloAck(
        protocol, runnerUid, pool, codeVersion, artifacts, maxConcurrency, phase, takes, bytes);
  }
}
