package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The resolved templates that a pool remembers, and the code version of each. Pure. */
final class RevisionLog {
  /** Templates that are kept in store. */
  static final int KEPT = 3;

  private RevisionLog() {}

  /**
   * What is known now.
   *
   * @param stored what was known before
   * @param current what runners would be made from now, in order of preference; at least one
   * @param runners of the pool; what they report is learnt
   * @return the current ones in their order, then the older ones, newest first
   */
  static List<KnownRevision> next(
      List<KnownRevision> stored, List<Revision> current, List<RunnerView> runners) {
    long last = stored.stream().mapToLong(KnownRevision::number).max().orElse(0);
    List<KnownRevision> all = new ArrayList<>();
    for (Revision revision : current) {
      KnownRevision known = find(stored, revision.name()).orElse(unheard(revision));
      boolean newest = all.isEmpty() && (known.number() == 0 || known.number() < last);
      all.add(
          new KnownRevision(revision, newest ? last + 1 : known.number(), heard(known, runners)));
    }
    stored.stream()
        .filter(known -> find(all, known.name()).isEmpty())
        .sorted(newestFirst())
        .map(known -> new KnownRevision(known.revision(), known.number(), heard(known, runners)))
        .forEach(all::add);
    List<KnownRevision> kept = kept(all);
    return all.stream().filter(known -> known.number() == 0 || kept.contains(known)).toList();
  }

  /** Those of them that are kept in store. */
  static List<KnownRevision> kept(List<KnownRevision> known) {
    return known.stream()
        .filter(one -> one.number() > 0)
        .sorted(newestFirst())
        .limit(KEPT)
        .toList();
  }

  static Optional<KnownRevision> find(List<KnownRevision> known, String name) {
    return known.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  private static KnownRevision unheard(Revision revision) {
    return new KnownRevision(revision, 0, Optional.empty());
  }

  private static Comparator<KnownRevision> newestFirst() {
    return Comparator.comparingLong(KnownRevision::number).reversed();
  }

  /** The report of the runner that became ready last. */
  private static Optional<Heard> heard(KnownRevision known, List<RunnerView> runners) {
    Stream<Heard> reported =
        runners.stream()
            .filter(runner -> runner.revision().equals(known.name()))
            .filter(runner -> runner.codeVersion().isPresent())
            // One that ends has been ready at a time that is not known any more.
            .filter(runner -> runner.phase() == Phase.Ready || known.heard().isEmpty())
            .map(runner -> new Heard(runner.codeVersion().orElseThrow(), runner.since()));
    return Stream.concat(known.heard().stream(), reported)
        .reduce((a, b) -> b.at().isAfter(a.at()) ? b : a);
  }
}
