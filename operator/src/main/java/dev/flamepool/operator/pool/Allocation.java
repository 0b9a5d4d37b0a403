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

/**
 * Which revision serves the demand of which code version, and how many runners of each are missing
 * (DESIGN section 4, "Code versions and revisions"). Pure.
 *
 * <p>The newest revision and the same pool's other backend entries are one generation: its runners
 * serve whatever they turn out to run.
 */
final class Allocation {
  /** How long a probe's answer counts: what a template names may move. */
  static final Duration REFUSED = Duration.ofMinutes(5);

  private static final int MAX_REFUSALS = 16;

  /** The version of callers that do not say theirs: any runner of the newest will do. */
  private static final String ANY = "";

  /**
   * A runner to be created.
   *
   * @param from what it is made from
   * @param wanted the version that it is to find, when that is not certain
   */
  record Missing(Revision from, Optional<String> wanted) {}

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
    this.refusals = findRefusals();
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

  /** The code versions that no revision yields, as far as that was found out. */
  List<Refusal> refusals() {
    return refusals;
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
    Optional<KnownRevision> unknown =
        seen.known().stream().filter(k -> current(k) && k.heard().isEmpty()).findFirst();
    if (yielding.isPresent() && !(unknown.isPresent() && prefers(unknown.get(), yielding.get()))) {
      return share(version, demand, yielding.get());
    }
    if (unknown.isPresent()) {
      return new Share(version, demand, Source.UNHEARD, unknown.get());
    }
    Optional<KnownRevision> blocked =
        seen.known().stream().filter(k -> k.yields(version)).findFirst();
    if (blocked.isPresent()) {
      return share(version, demand, blocked.get());
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
    int grow = grow(share);
    if (share.source() == Source.NONE) {
      return;
    }
    if (share.source() == Source.PROBE) {
      if (grow > 0) {
        probe(share);
      }
      return;
    }
    String generation = generation(share.from().name());
    int waiting = unheard.getOrDefault(generation, 0);
    int lacking = Math.max(0, grow - heard(share));
    int covered = Math.min(lacking, waiting);
    unheard.put(generation, waiting - covered);
    Optional<String> wanted = share.source() == Source.UNHEARD ? version(share) : Optional.empty();
    for (int i = covered; i < lacking; i++) {
      missing.add(new Missing(share.from().revision(), wanted));
    }
    targets.merge(share.from().name(), share.demand().runners(concurrency(share)), Integer::sum);
  }

  /** One runner of the newest, unless one is on its way, or runs the version by chance. */
  private void probe(Share share) {
    if (live.stream().anyMatch(runner -> runner.codeVersion().equals(version(share)))) {
      return;
    }
    if (live.stream().noneMatch(runner -> probes(runner, share.version()))) {
      missing.add(new Missing(newest.revision(), version(share)));
    }
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
    long there = live.stream().filter(seen::current).count();
    for (long i = there + missing.size(); i < least; i++) {
      missing.add(new Missing(newest.revision(), Optional.empty()));
    }
  }

  private static boolean onNewest(Share share) {
    return share.source() == Source.CURRENT || share.source() == Source.UNHEARD;
  }

  private int grow(Share share) {
    Optional<Instant> idled =
        share.version().equals(ANY)
            ? seen.idledAt().values().stream().max(Comparator.naturalOrder())
            : Optional.ofNullable(seen.idledAt().get(share.version()));
    int there = heard(share) + unheard.getOrDefault(generation(share.from().name()), 0);
    return DesiredRunners.growTo(share.demand(), concurrency(share), there, idled);
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

  /** Answers of probes, and of any runner that was booted for a version and runs another. */
  private List<Refusal> findRefusals() {
    Map<String, Refusal> found = new LinkedHashMap<>();
    if (seen.status().refusals() != null) {
      seen.status().refusals().forEach(refusal -> found.put(refusal.codeVersion(), refusal));
    }
    for (RunnerView runner : seen.runners()) {
      Optional<String> wanted = runner.wanted();
      if (wanted.isPresent()
          && runner.codeVersion().isPresent()
          && !runner.codeVersion().equals(wanted)) {
        found.putIfAbsent(
            wanted.get(),
            new Refusal(wanted.get(), runner.revision(), runner.since().plus(REFUSED).toString()));
      }
    }
    return found.values().stream()
        .filter(refusal -> refusal.revision().equals(newest.name()))
        .filter(refusal -> seen.now().isBefore(Instant.parse(refusal.until())))
        .filter(r -> seen.known().stream().noneMatch(known -> known.yields(r.codeVersion())))
        .limit(MAX_REFUSALS)
        .toList();
  }

  /** Whether a runner is on its way to tell whether the newest yields a version. */
  private static boolean probes(RunnerView runner, String version) {
    return runner.codeVersion().isEmpty() && runner.wanted().equals(Optional.of(version));
  }

  private boolean free(KnownRevision known) {
    return !seen.blocked().containsKey(known.name());
  }

  private boolean current(KnownRevision known) {
    return current(known.name());
  }

  private boolean current(String revision) {
    return seen.revisions().stream().anyMatch(one -> one.name().equals(revision));
  }

  /** All current revisions are one. */
  private String generation(String revision) {
    return current(revision) ? newest.name() : revision;
  }

  private int age(Share share) {
    return seen.known().indexOf(share.from());
  }
}
