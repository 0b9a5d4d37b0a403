package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The callers' code versions that no revision yields, as far as that was found out: by a runner
 * that was booted for such a version and runs another. Pure.
 */
final class VersionRefusals {
  /** How long an answer counts: what a template names may move. */
  static final Duration REFUSED = Duration.ofMinutes(5);

  /** What the status has room for. */
  static final int LIMIT = 64;

  /** Answers that count at a time; with so many the last one speaks for every other version. */
  static final int MAX_PROBES = 16;

  /** The version of callers that do not say theirs. */
  private static final String ANY = "";

  private final PoolObservation seen;
  private final KnownRevision newest;

  private VersionRefusals(PoolObservation seen) {
    this.seen = seen;
    this.newest = seen.known().get(0);
  }

  /** The answers that count, however many. */
  static List<Refusal> of(PoolObservation seen) {
    return new VersionRefusals(seen).all();
  }

  /** Those that the status has room for: one of each probe, then those that a caller waits for. */
  static List<Refusal> stored(PoolObservation seen, List<Refusal> all) {
    Set<String> probes = new HashSet<>();
    Set<String> versions = seen.demand().byVersion().keySet();
    Map<Boolean, List<Refusal>> first =
        all.stream().collect(Collectors.partitioningBy(refusal -> probes.add(refusal.until())));
    return Stream.concat(
            first.get(true).stream(),
            first.get(false).stream()
                .sorted(Comparator.comparing(refusal -> !versions.contains(refusal.codeVersion()))))
        .limit(LIMIT)
        .toList();
  }

  private List<Refusal> all() {
    Map<String, Refusal> found = new LinkedHashMap<>();
    if (seen.status().refusals() != null) {
      seen.status().refusals().stream()
          .filter(this::counts)
          .forEach(refusal -> found.put(refusal.codeVersion(), refusal));
    }
    for (RunnerView runner : seen.runners()) {
      if (runner.wasReady()) {
        String until = runner.since().plus(REFUSED).toString();
        runner.wanted().stream()
            .filter(version -> !runner.codeVersion().equals(Optional.of(version)))
            .forEach(v -> found.putIfAbsent(v, new Refusal(v, runner.revision(), until)));
      }
    }
    List<Refusal> refusals =
        found.values().stream()
            .filter(this::counts)
            .filter(refusal -> isUnknown(refusal.codeVersion()))
            .toList();
    Set<String> versions = seen.demand().byVersion().keySet();
    return Stream.concat(refusals.stream(), unprobed(refusals, versions)).toList();
  }

  private boolean counts(Refusal refusal) {
    return refusal.revision().equals(newest.name()) && seen.now().isBefore(until(refusal));
  }

  /** After many probes the last answer is everybody's. */
  private Stream<Refusal> unprobed(List<Refusal> probed, Set<String> versions) {
    List<Instant> answers =
        probed.stream().map(VersionRefusals::until).distinct().sorted().toList();
    if (answers.size() < MAX_PROBES) {
      return Stream.empty();
    }
    String until = answers.get(answers.size() - 1).toString();
    return versions.stream()
        .filter(version -> !version.equals(ANY) && isUnknown(version))
        .filter(version -> probed.stream().noneMatch(r -> r.codeVersion().equals(version)))
        .map(version -> new Refusal(version, newest.name(), until));
  }

  private boolean isUnknown(String version) {
    return seen.known().stream().noneMatch(known -> known.yields(version));
  }

  private static Instant until(Refusal refusal) {
    return Instant.parse(refusal.until());
  }
}
