package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Refusal;
import dev.flamepool.operator.scaling.Demand;
import dev.flamepool.operator.scaling.DesiredRunners;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which revision serves the demand of which code version, and how many runners of each are missing.
 * Pure.
 *
 * <p>The newest revision and the same pool's other backend entries are one generation: its runners
 * serve whatever they turn out to run.
 */
final class Allocation {
  /** A caller says within this time that fewer of its calls wait. */
  private static final Duration CORRECTED = Duration.ofSeconds(1);

  /** The version of callers that do not say theirs: any runner of the newest will do. */
  private static final String ANY = "";

  /**
   * A runner to be created.
   *
   * @param from what it is made from
   * @param versions whose calls it is for; empty for what nobody is known to need
   * @param wanted whether it is to find out if it serves these
   */
  record Missing(Revision from, Set<String> versions, boolean wanted) {}

  /** Why a revision is the one for a version; in the order in which {@code max} is given away. */
  private enum Source {
    CURRENT,
    UNHEARD,
    OLD,
    PROBE,
    NONE
  }

  /** What becomes of one version's demand. */
  private record Share(String version, Demand demand, Source source, KnownRevision from) {}

  private final PoolObservation seen;
  private final List<RunnerView> live;
  private final KnownRevision newest;
  private final Map<String, Integer> unheard = new HashMap<>();
  private final List<Missing> missing = new ArrayList<>();
  private final Set<String> unknown = new TreeSet<>();
  private final Set<String> unserved = new TreeSet<>();
  private final Set<Instant> again = new TreeSet<>();
  private final Map<String, Integer> targets = new LinkedHashMap<>();
  private final List<Refusal> refusals;

  /**
   * Allocates.
   *
   * @param live the runners that count, within {@code max}
   * @param floor runners of the newest generation wanted without any demand
   */
  Allocation(PoolObservation seen, List<RunnerView> live, int floor) {
    this.seen = seen;
    this.live = live;
    this.newest = seen.known().get(0);
    this.refusals = VersionRefusals.of(seen);
    live.stream()
        .filter(runner -> runner.codeVersion().isEmpty())
        .forEach(runner -> unheard.merge(generation(runner.revision()), 1, Integer::sum));
    List<Share> shares =
        seen.demand().byVersion().entrySet().stream()
            .map(entry -> share(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(Share::source).thenComparing(this::age))
            .toList();
    boolean growing =
        shares.stream().anyMatch(share -> share.source() != Source.NONE && grow(share) > 0);
    shares.stream().filter(Allocation::onNewest).forEach(this::take);
    newestGeneration(floor, growing && newest.heard().isEmpty());
    shares.stream().filter(share -> !onNewest(share)).forEach(this::take);
    probe();
  }

  /**
   * Runners that each revision should have for its callers and the floor; the runners that only
   * tell what they run come on top.
   */
  Map<String, Integer> targets() {
    return targets;
  }

  /** All for which there is no runner yet, those that go first first. */
  List<Missing> missing() {
    return missing;
  }

  /**
   * Runners on their way that nobody waits for, those that go first first: what demand brought them
   * has gone. Those that only find out what they run, for callers that are there, are none of them.
   */
  List<RunnerView> excess() {
    List<RunnerView> excess = new ArrayList<>();
    for (int i = live.size() - 1; i >= 0; i--) {
      RunnerView runner = live.get(i);
      String generation = generation(runner.revision());
      int spare = unheard.getOrDefault(generation, 0);
      if (!runner.wasReady() && spare > 0 && !isProbe(runner)) {
        unheard.put(generation, spare - 1);
        excess.add(runner);
      }
    }
    return excess;
  }

  /** The code versions with demand for which there is no runner, not even on its way. */
  Set<String> unserved() {
    return unserved;
  }

  /** The code versions that no revision yields, as far as that is to be remembered. */
  List<Refusal> refusals() {
    return VersionRefusals.stored(seen, refusals);
  }

  /** Whether a runner of an older revision is what a live caller needs. */
  boolean isNeeded(RunnerView old) {
    Optional<String> version =
        old.codeVersion()
            .or(() -> RevisionLog.find(seen.known(), old.revision()).flatMap(k -> k.codeVersion()));
    return version.isPresent()
        && seen.demand().live().stream().anyMatch(c -> c.codeVersion().equals(version.get()))
        && seen.known().stream().noneMatch(k -> current(k) && k.yields(version.get()));
  }

  private Share share(String version, Demand demand) {
    if (version.equals(ANY)) {
      return new Share(version, demand, Source.CURRENT, newest);
    }
    Optional<KnownRevision> yielding =
        seen.known().stream().filter(k -> k.yields(version) && free(k)).findFirst();
    Optional<KnownRevision> unheard =
        seen.known().stream().filter(k -> current(k) && k.heard().isEmpty()).findFirst();
    if (yielding.isPresent() && !(unheard.isPresent() && prefers(unheard.get(), yielding.get()))) {
      return share(version, demand, yielding.get());
    }
    if (unheard.isPresent()) {
      return new Share(version, demand, Source.UNHEARD, unheard.get());
    }
    Optional<KnownRevision> other =
        seen.known().stream()
            .filter(k -> k.yields(version))
            .min(Comparator.comparing(k -> seen.unusable().contains(k.name())));
    if (other.isPresent()) {
      return share(version, demand, other.get());
    }
    boolean refused = refusals.stream().anyMatch(r -> r.codeVersion().equals(version));
    return new Share(version, demand, refused ? Source.NONE : Source.PROBE, newest);
  }

  /** A backend that has had no room so far most likely runs what the next one of its pool runs. */
  private boolean prefers(KnownRevision unknown, KnownRevision yielding) {
    return free(unknown)
        && current(yielding)
        && seen.known().indexOf(unknown) < seen.known().indexOf(yielding);
  }

  private Share share(String version, Demand demand, KnownRevision from) {
    return new Share(version, demand, current(from) ? Source.CURRENT : Source.OLD, from);
  }

  /** Plans the runners that a share lacks. */
  private void take(Share share) {
    int grow = most(grow(share));
    if (share.source() == Source.NONE) {
      return;
    }
    if (share.source() == Source.PROBE) {
      if (grow > 0 && live.stream().noneMatch(r -> r.codeVersion().equals(version(share)))) {
        unknown.add(share.version());
      }
      return;
    }
    String generation = generation(share.from().name());
    int waiting = unheard.getOrDefault(generation, 0);
    int lacking = Math.max(0, grow - heard(share));
    int covered = Math.min(lacking, waiting);
    unheard.put(generation, waiting - covered);
    if (lacking > 0 && covered == 0 && heard(share) == 0) {
      unserved.add(share.version());
    }
    boolean wanted = share.source() == Source.UNHEARD;
    for (int i = covered; i < lacking; i++) {
      missing.add(new Missing(share.from().revision(), Set.of(share.version()), wanted));
    }
    targets.merge(
        share.from().name(), most(share.demand().runners(concurrency(share))), Integer::sum);
  }

  /** Whatever its callers say, no version needs more runners than a pool may have. */
  private int most(int runners) {
    return Math.min(runners, seen.spec().maxOrDefault());
  }

  /**
   * One runner of the newest tells whether it runs any of the versions that nothing is known to
   * yield. The next is made for those that were not asked for by then.
   */
  private void probe() {
    if (!unknown.isEmpty() && live.stream().noneMatch(this::isProbe)) {
      unserved.addAll(unknown);
      missing.add(
          new Missing(
              newest.revision(),
              unknown.stream().limit(VersionRefusals.LIMIT).collect(Collectors.toSet()),
              true));
    }
  }

  /** Whether a runner is on its way to tell whether the newest yields a version that is needed. */
  private boolean isProbe(RunnerView runner) {
    return !runner.wasReady() && runner.wanted().stream().anyMatch(unknown::contains);
  }

  /**
   * What the newest generation has even if nobody is known to need it: the floor, and one runner
   * that tells what it runs as soon as anybody needs anything.
   */
  private void newestGeneration(int floor, boolean curious) {
    int lacking = floor - targets.values().stream().mapToInt(Integer::intValue).sum();
    if (lacking > 0) {
      targets.merge(newest.name(), lacking, Integer::sum);
    }
    int least = Math.max(floor, curious ? 1 : 0);
    int there = (int) live.stream().filter(seen::current).count();
    for (int i = there + missing.size(); i < least; i++) {
      missing.add(new Missing(newest.revision(), Set.of(), false));
    }
    unheard.computeIfPresent(
        newest.name(), (name, spare) -> Math.min(spare, Math.max(0, there - least)));
  }

  private static boolean onNewest(Share share) {
    return share.source() == Source.CURRENT || share.source() == Source.UNHEARD;
  }

  private int grow(Share share) {
    if (share.from().revision().template().singleUse()) {
      return growSingleUse(share);
    }
    Optional<Instant> idled =
        share.version().equals(ANY)
            ? seen.idledAt().values().stream().max(Comparator.naturalOrder())
            : Optional.ofNullable(seen.idledAt().get(share.version()));
    int there = heard(share) + unheard.getOrDefault(generation(share.from().name()), 0);
    return DesiredRunners.growTo(share.demand(), concurrency(share), there, idled);
  }

  /**
   * A runner that has served its only call has served one that its caller may still say it needs;
   * and a caller without calls needs none, whatever it needed on average. Where calls wait the
   * level may be as it was because new ones came: then it counts, unless all of it has just been
   * served.
   */
  private int growSingleUse(Share share) {
    Demand demand = share.demand().busy();
    Instant told = demand.lastChange().orElse(Instant.EPOCH);
    List<Instant> spent =
        seen.spentAt().getOrDefault(share.version(), List.of()).stream()
            .filter(at -> at.isAfter(told))
            .toList();
    int all = demand.runners(concurrency(share));
    if (demand.queued() == 0) {
      return Math.max(0, all - spent.size());
    }
    List<Instant> held =
        spent.stream().map(at -> at.plus(CORRECTED)).filter(at -> at.isAfter(seen.now())).toList();
    if (held.size() < all) {
      return all;
    }
    held.stream().min(Instant::compareTo).ifPresent(again::add);
    return 0;
  }

  /** When it may be otherwise although nothing has changed. */
  Set<Instant> again() {
    return again;
  }

  private static int concurrency(Share share) {
    return share.from().revision().template().maxConcurrency();
  }

  /** Runners of the share's generation that are known to serve it. */
  private int heard(Share share) {
    String generation = generation(share.from().name());
    return (int)
        live.stream()
            .filter(runner -> generation(runner.revision()).equals(generation))
            .filter(
                runner ->
                    share.version().equals(ANY)
                        ? runner.codeVersion().isPresent()
                        : runner.codeVersion().equals(version(share)))
            .count();
  }

  private static Optional<String> version(Share share) {
    return Optional.of(share.version());
  }

  private boolean free(KnownRevision known) {
    return seen.isOpen(known.name());
  }

  private boolean current(KnownRevision known) {
    return seen.isCurrent(known.name());
  }

  /** All current revisions are one. */
  private String generation(String revision) {
    return seen.isCurrent(revision) ? newest.name() : revision;
  }

  private int age(Share share) {
    return seen.known().indexOf(share.from());
  }
}
