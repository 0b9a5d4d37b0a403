package dev.flamepool.operator.sweep;

import dev.flamepool.operator.backend.MachineKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Machines that had no runner when last looked at. Immutable; a decision is a comparison of two
 * looks.
 */
record Suspects(Map<MachineKey, Suspect> all) {
  static final Suspects NONE = new Suspects(Map.of());

  /**
   * One machine without a runner.
   *
   * @param since when it was first seen so
   * @param quiet when that was, or calls were last seen on it
   */
  record Suspect(Instant since, Instant quiet) {}

  /**
   * After one more look at both sides.
   *
   * @param machines of this installation, listed first
   * @param runnerUids of all runners that exist, listed after that
   * @param busy whether calls run there
   */
  Suspects after(
      Collection<MachineKey> machines,
      Set<String> runnerUids,
      Predicate<MachineKey> busy,
      Instant now) {
    Map<MachineKey, Suspect> next = new HashMap<>();
    for (MachineKey machine : machines) {
      if (!runnerUids.contains(machine.runnerUid())) {
        Suspect before = all.getOrDefault(machine, new Suspect(now, now));
        next.put(machine, busy.test(machine) ? new Suspect(before.since(), now) : before);
      }
    }
    return new Suspects(Map.copyOf(next));
  }

  /** Those that were seen before, too, and calls on them as well. */
  List<MachineKey> busy(Suspects before, Instant now) {
    return all.entrySet().stream()
        .filter(suspect -> before.all.containsKey(suspect.getKey()))
        .filter(suspect -> suspect.getValue().quiet().equals(now))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Those that were seen before, too, and without calls for long enough, or for longer than any
   * machine of their pool may live.
   *
   * @param asked whether it is known that calls would have been seen
   * @param longest such a life; empty if nobody could have calls there
   */
  List<MachineKey> orphans(
      Suspects before,
      Duration age,
      Predicate<MachineKey> asked,
      Function<MachineKey, Optional<Duration>> longest,
      Instant now) {
    return all.entrySet().stream()
        .filter(suspect -> before.all.containsKey(suspect.getKey()))
        .filter(
            suspect -> {
              MachineKey machine = suspect.getKey();
              Suspect seen = suspect.getValue();
              boolean quiet = asked.test(machine) && !now.isBefore(seen.quiet().plus(age));
              Duration life = longest.apply(machine).orElse(Duration.ZERO).plus(age);
              return quiet || !now.isBefore(seen.since().plus(life));
            })
        .map(Map.Entry::getKey)
        .toList();
  }
}
