package dev.flamepool.operator.control;

import dev.flamepool.api.BackendKind;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which of the runners that are ready answer the operator. By that it tells a runner's trouble from
 * its own. Thread-safe.
 */
public final class Contacts {
  private final Map<String, Contact> byRunner = new ConcurrentHashMap<>();
  private final Set<String> cutOff = ConcurrentHashMap.newKeySet();

  /**
   * How it is with a runner now.
   *
   * @return whether it was cut off until now and is no more
   */
  public boolean heard(String runnerUid, Contact contact) {
    byRunner.put(runnerUid, contact);
    return !contact.isSilent() && cutOff.remove(runnerUid);
  }

  /** A runner is ready no more. */
  public void forget(String runnerUid) {
    byRunner.remove(runnerUid);
    cutOff.remove(runnerUid);
  }

  /** What was decided last of a runner. */
  public boolean wasCutOff(String runnerUid) {
    return cutOff.contains(runnerUid);
  }

  /** Decides anew whether a runner is silent because the operator has lost its way to it. */
  public boolean isCutOff(String runnerUid) {
    boolean now =
        Optional.ofNullable(byRunner.get(runnerUid))
            .filter(contact -> contact.isCutOff(byRunner.values()))
            .isPresent();
    if (now) {
      cutOff.add(runnerUid);
    } else {
      cutOff.remove(runnerUid);
    }
    return now;
  }

  /** Whether runners of a kind of machine cannot be reached, as the last that was asked about. */
  public boolean isCutOff(BackendKind kind) {
    return cutOff.stream()
        .map(byRunner::get)
        .anyMatch(contact -> contact != null && contact.kind() == kind);
  }

  /** How many runners were found to be cut off when they were last asked about. */
  public int cutOff() {
    return cutOff.size();
  }

  /** How many of them are of a pool. */
  public int cutOff(String poolUid) {
    return (int)
        cutOff.stream()
            .map(byRunner::get)
            .filter(contact -> contact != null && contact.poolUid().equals(poolUid))
            .count();
  }

  /** The runners of a pool that are ready. */
  public Set<String> ofPool(String poolUid) {
    Set<String> runners = ConcurrentHashMap.newKeySet();
    byRunner.forEach(
        (uid, contact) -> {
          if (contact.poolUid().equals(poolUid)) {
            runners.add(uid);
          }
        });
    return runners;
  }
}
