package dev.flamepool.simulators.node;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is to go wrong with the node. All is well again after a restart. Thread-safe. */
public final class NodeFaults {
  private final Set<String> missing = ConcurrentHashMap.newKeySet();
  private volatile boolean ready = true;
  private volatile boolean silent;
  private volatile Duration startDelay = Duration.ZERO;

  NodeFaults() {}

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

  /** Nothing goes wrong with the node any more. */
  public NodeFaults clear() {
    ready = true;
    silent = false;
    startDelay = Duration.ZERO;
    missing.clear();
    return this;
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
