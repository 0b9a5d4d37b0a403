package dev.flamepool.simulators.node;

import dev.flamepool.simulators.machine.Exit;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong. Pods are named {@code namespace/name}. All is well again after a restart of
 * the simulator; what happened to Pods is not. Thread-safe.
 */
public final class NodeFaults {
  /** What happens to Pods, done by the kubelet. */
  interface Victims {
    void kill(String pod, String container, Exit exit);

    void evict(String pod);
  }

  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private volatile boolean ready = true;
  private volatile boolean silent;
  private volatile Duration startDelay = Duration.ZERO;
  private volatile @Nullable Victims victims;

  NodeFaults() {}

  void victims(Victims those) {
    victims = those;
  }

  /** Whether the node says that it is ready; Pods on it live on, and no others come. */
  public NodeFaults ready(boolean value) {
    ready = value;
    return this;
  }

  /** A silent node renews nothing and does nothing; its processes live on. */
  public NodeFaults silent(boolean value) {
    silent = value;
    return this;
  }

  /** How long Pods take from their start time on until their containers may start. */
  public NodeFaults startDelay(Duration value) {
    startDelay = value;
    return this;
  }

  /** Whether an image cannot be pulled although it is known. */
  public NodeFaults imageMissing(String image, boolean value) {
    if (value) {
      missing.add(image);
    } else {
      missing.remove(image);
    }
    return this;
  }

  /**
   * Kills a container's process.
   *
   * @param pod {@code namespace/name}
   * @param container its name; the first if empty
   * @param code the exit code that the Pod's status will say
   * @throws IllegalArgumentException if it does not run
   */
  public NodeFaults kill(String pod, String container, int code) {
    known().kill(pod, container, Exit.of(code));
    return this;
  }

  /** As {@link #kill}; the status will say that it took more memory than its limit. */
  public NodeFaults outOfMemory(String pod, String container) {
    known().kill(pod, container, new Exit(137, 9, true));
    return this;
  }

  /** Evicts a Pod because the node is low on memory. */
  public NodeFaults evict(String pod) {
    known().evict(pod);
    return this;
  }

  /** Nothing goes wrong with the node any more. */
  public NodeFaults clear() {
    ready = true;
    silent = false;
    startDelay = Duration.ZERO;
    missing.clear();
    return this;
  }

  private Victims known() {
    Victims now = victims;
    if (now == null) {
      throw new IllegalStateException("the node has not started");
    }
    return now;
  }

  boolean ready() {
    return ready;
  }

  boolean silent() {
    return silent;
  }

  Duration startDelay() {
    return startDelay;
  }

  boolean isMissing(String image) {
    return missing.contains(image);
  }
}
