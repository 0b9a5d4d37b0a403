package dev.flamepool.operator.pool;

import dev.flamepool.operator.scaling.Demand;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Code versions whose calls wait while all places of {@code max} are held by runners of others: one
 * of these makes room after a while, or a new version that is called once would wait for as long as
 * an old one is called without pause. Pure.
 *
 * @param since since when each version has waited
 */
record Starvation(PoolObservation seen, Allocation allocation, Map<String, Instant> since) {
  /** Longer than most calls run, shorter than most callers wait. */
  static final Duration WAIT = Duration.ofSeconds(10);

  /** When a pool says so: nobody reads what passes at once. */
  static final Duration TOLD = Duration.ofSeconds(5);

  /** A caller that tries again within this time has waited all the time. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Who waits now.
   *
   * @param full whether no ordinal is free
   */
  static Starvation of(PoolObservation seen, Allocation allocation, boolean full) {
    Map<String, Instant> since = new HashMap<>();
    Map<String, Instant> before = seen.lessons().starving();
    seen.demand()
        .byVersion()
        .forEach(
            (version, demand) -> {
              // A place that has become free is for who has waited for it.
              boolean mayWait = full || before.containsKey(version);
              if (mayWait && waits(seen, allocation, version, demand)) {
                since.put(version, before.getOrDefault(version, seen.now()));
              }
            });
    return new Starvation(seen, allocation, Map.copyOf(since));
  }

  private static boolean waits(
      PoolObservation seen, Allocation allocation, String version, Demand demand) {
    if (allocation.unserved().contains(version)) {
      return demand.queued() > 0 || seen.lessons().starving().containsKey(version);
    }
    return seen.lessons().starving().containsKey(version)
        && !demand.calledAfter(seen.now().minus(PATIENCE)).live().isEmpty()
        && seen.runners().stream()
            .noneMatch(runner -> runner.codeVersion().equals(Optional.of(version)));
  }

  /** When something may follow from it. */
  Stream<Instant> wakes() {
    return since.values().stream()
        .flatMap(at -> Stream.of(at.plus(TOLD), at.plus(WAIT)))
        .filter(at -> at.isAfter(seen.now()));
  }

  /** The versions that have waited for long enough, the longest first. */
  List<String> due() {
    return since.entrySet().stream()
        .filter(entry -> !seen.now().isBefore(entry.getValue().plus(WAIT)))
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The runner that makes room: of the versions that nobody calls, then of the one with the most
   * places, the least busy. Empty while a place is about to be free, or a runner for it could not
   * be made.
   *
   * @param bootable whether a runner of a revision may be made
   */
  Optional<RunnerView> yielding(List<RunnerView> live, Function<Revision, Boolean> bootable) {
    Optional<String> starving =
        due().stream()
            .filter(
                version ->
                    allocation.missing().stream()
                        .filter(one -> one.versions().contains(version))
                        .anyMatch(one -> bootable.apply(one.from())))
            .findFirst();
    if (starving.isEmpty() || !seen.runners().stream().allMatch(RunnerView::live)) {
      return Optional.empty();
    }
    Map<String, Demand> demand = Map.copyOf(seen.demand().byVersion());
    Map<String, Long> places = places(live);
    return live.stream()
        .filter(RunnerView::ready)
        .filter(runner -> !runner.codeVersion().equals(starving))
        .min(
            Comparator.<RunnerView, Boolean>comparing(
                    runner -> demand.getOrDefault(version(runner), Demand.NONE).any())
                .thenComparing(runner -> -places.get(version(runner)))
                .thenComparing(RunnerView::inFlight)
                .thenComparing(runner -> -runner.ordinal()));
  }

  /** Whether runners of others hold the places: not one that is on its way for the version. */
  static boolean isKeptOut(PoolObservation seen, String version) {
    return seen.freeOrdinals().findAny().isEmpty()
        && seen.runners().stream()
            .filter(RunnerView::live)
            .anyMatch(runner -> isOthers(seen, runner, version));
  }

  private static boolean isOthers(PoolObservation seen, RunnerView runner, String version) {
    Optional<String> runs =
        runner
            .codeVersion()
            .or(
                () ->
                    RevisionLog.find(seen.known(), runner.revision())
                        .flatMap(KnownRevision::codeVersion));
    return runs.map(own -> !own.equals(version))
        .orElseGet(() -> !runner.wanted().isEmpty() && !runner.wanted().contains(version));
  }

  /** How many places each code version holds. */
  static Map<String, Long> places(List<RunnerView> live) {
    return live.stream().collect(Collectors.groupingBy(Starvation::version, Collectors.counting()));
  }

  private static String version(RunnerView runner) {
    return runner.codeVersion().orElse("");
  }
}
