package dev.flamepool;

/**
 * Nothing says how to reach the cluster, or what says it cannot be used: no kubeconfig and no Pod,
 * a file that cannot be read, a context, cluster or server that is not there. {@link Flame#connect}
 * throws it at once, as time does not mend it. A cluster that is down or refuses this process is
 * none of this: calls wait for it, and say so.
 */
public class ClusterUnavailableException extends FlameException {
  /**
   * Creates one.
   *
   * @param message what was looked at, what is wrong with it, and what to write
   */
  public ClusterUnavailableException(String message) {
    super(message);
  }
}
