package dev.flamepool.operator.sweep;

import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Control connections to machines whose runner is not known here. Only somebody who knows such a
 * runner can have calls on it: another cluster's operator, say, of which this one is a copy.
 * Thread-safe.
 */
public final class SuspectLinks {
  /**
   * The pool that a machine is said to be of.
   *
   * @param uid whose authority the machine believes
   * @param longest life of its runners, until the last call has ended
   */
  public record Pool(String uid, Duration longest) {}

  private final RunnerLinks links;
  private final Function<MachineKey, Optional<Pool>> pools;
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private final Set<String> found = ConcurrentHashMap.newKeySet();

  /**
   * None is open yet.
   *
   * @param pools tells the pool of a machine, if it is here: without its authority nobody could
   *     call that machine either
   */
  public SuspectLinks(RunnerLinks links, Function<MachineKey, Optional<Pool>> pools) {
    this.links = links;
    this.pools = pools;
  }

  /** Whether to look for the machine's address. */
  boolean isWanted(MachineKey key) {
    return !open.contains(key.runnerUid()) && pools.apply(key).isPresent();
  }

  /** Whether the backend has said how it is with the machine, or nobody could have calls there. */
  boolean isAsked(MachineKey key) {
    return found.contains(key.runnerUid()) || pools.apply(key).isEmpty();
  }

  /** The longest life of a machine there; empty if nobody could have calls on it. */
  Optional<Duration> longest(MachineKey key) {
    return pools.apply(key).map(Pool::longest);
  }

  /**
   * Begins to connect, if there is anything to connect to.
   *
   * @param machine as the backend says
   */
  void found(MachineKey key, Optional<Machine> machine) {
    machine
        .flatMap(Machine::address)
        .ifPresent(address -> pools.apply(key).ifPresent(pool -> open(key, pool, address)));
    found.add(key.runnerUid());
  }

  private void open(MachineKey key, Pool pool, String address) {
    if (open.add(key.runnerUid())) {
      links.keep(
          new RunnerTarget(
              key.namespace(), key.pool(), pool.uid(), key.runner(), key.runnerUid(), address));
    }
  }

  /** Whether it says now that calls run there. */
  boolean hasCalls(MachineKey key) {
    return open.contains(key.runnerUid())
        && links
            .report(key.runnerUid())
            .filter(RunnerReport::connected)
            .filter(report -> report.inFlight() > 0)
            .isPresent();
  }

  /**
   * Drops those that are suspected no more.
   *
   * @param suspected uids
   * @param known uids of runners that are there, whose links are theirs
   */
  void retain(Set<String> suspected, Set<String> known) {
    found.retainAll(suspected);
    for (String uid : Set.copyOf(open)) {
      if (!suspected.contains(uid)) {
        open.remove(uid);
        if (!known.contains(uid)) {
          links.drop(uid);
        }
      }
    }
  }
}
