package dev.flamepool.operator.sweep;

import dev.flamepool.operator.backend.MachineKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Machines that had no runner when last looked at, and since when. Immutable; a decision is a
 * comparison of two looks.
 *
 * @param since by machine, when it was first seen so
 */
record Suspects(Map<MachineKey, Instant> since) {
  static final Suspects NONE = new Suspects(Map.of());

  /**
   * After one more look at both sides.
   *
   * @param machines of this installation, listed first
   * @param runnerUids of all runners that exist, listed after that
   */
  Suspects after(Collection<MachineKey> machines, Set<String> runnerUids, Instant now) {
    Map<MachineKey, Instant> next = new HashMap<>();
    for (MachineKey machine : machines) {
      if (!runnerUids.contains(machine.runnerUid())) {
        next.put(machine, since.getOrDefault(machine, now));
      }
    }
    return new Suspects(Map.copyOf(next));
  }

  /** Those that were seen before, too, and for long enough. */
  List<MachineKey> orphans(Suspects before, Duration age, Instant now) {
    return since.entrySet().stream()
        .filter(suspect -> before.since.containsKey(suspect.getKey()))
        .filter(suspect -> !now.isBefore(suspect.getValue().plus(age)))
        .map(Map.Entry::getKey)
        .toList();
  }
}
