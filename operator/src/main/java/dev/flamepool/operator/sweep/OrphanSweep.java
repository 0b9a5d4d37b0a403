package dev.flamepool.operator.sweep;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.health.OperatorMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes machines of this installation whose runner is no more: after two sightings and an age
 * over the launch timeout, and only when both listings can be believed. Only the leader ticks; one
 * thread at a time.
 */
public final class OrphanSweep {
  /** What becomes of an orphan. */
  public enum Verdict {
    /** It is deleted. */
    DELETE,
    /** It is told of, once; it ends by itself in the end. */
    REPORT
  }

  private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

  /** With nothing suspicious in sight. */
  static final Duration CALM = Duration.ofMinutes(1);

  /** With a suspect, or after a listing that failed or could not be believed. */
  static final Duration ALERT = Duration.ofSeconds(10);

  private final RunnerBackend backend;
  private final KnownRunners runners;
  private final String installation;
  private final Duration age;
  private final Verdict verdict;
  private final Places places;
  private final SuspectLinks links;
  private final OperatorMetrics metrics;
  private final Clock clock;

  private final Set<MachineKey> removing = ConcurrentHashMap.newKeySet();
  private final Set<MachineKey> asking = ConcurrentHashMap.newKeySet();
  private final Set<MachineKey> toldBusy = new HashSet<>();
  private Set<MachineKey> reported = Set.of();
  private Suspects suspects = Suspects.NONE;
  private String failure = "";
  private int machinesBefore;
  private int runnersBefore;

  /**
   * A sweep of one backend.
   *
   * @param installation this operator's; machines of others are never touched
   * @param places where accounts are listed and orphans deleted
   * @param links what tells whether somebody has calls on a machine
   * @param age how long a machine must have been without a runner and without calls; longer than
   *     any launch takes
   */
  public OrphanSweep(
      RunnerBackend backend,
      KnownRunners runners,
      String installation,
      Duration age,
      Verdict verdict,
      Places places,
      SuspectLinks links,
      OperatorMetrics metrics,
      Clock clock) {
    this.backend = backend;
    this.runners = runners;
    this.installation = installation;
    this.age = age;
    this.verdict = verdict;
    this.places = places;
    this.links = links;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Looks once, and deletes what is due or tells of it.
   *
   * @return how long to wait before the next tick
   */
  public Duration tick() {
    Map<MachineKey, MachineRef> machines = new LinkedHashMap<>();
    Map<String, Tenant> known;
    try {
      // The backend first: a runner made in between only makes its machine look owned.
      backend.list(installation, places).forEach(machine -> machines.put(machine.key(), machine));
      known = runners.list();
    } catch (BackendException | RuntimeException e) {
      failed(e);
      return ALERT;
    }
    failure = "";
    boolean suspicious =
        Suspicion.of(machinesBefore, machines.size()) || Suspicion.of(runnersBefore, known.size());
    machinesBefore = machines.size();
    runnersBefore = known.size();
    if (suspicious) {
      LOG.warn(
          "orphan sweep of {}: a listing shrank sharply to {} machines and {} runners, nothing is"
              + " done",
          backend.kind().field(),
          machines.size(),
          known.size());
      return ALERT;
    }
    backend.retain(Set.copyOf(known.values()));
    Instant now = clock.instant();
    Suspects before = suspects;
    suspects = before.after(machines.keySet(), known.keySet(), links::hasCalls, now);
    metrics.orphansSeen(suspects.all().size());
    List<MachineKey> orphans = suspects.orphans(before, age, links::isAsked, links::longest, now);
    tellBusy(Set.copyOf(suspects.busy(before, now)), machines);
    if (verdict == Verdict.DELETE) {
      orphans.forEach(orphan -> remove(machines.get(orphan)));
    } else {
      report(Set.copyOf(orphans), machines);
    }
    ask(machines, known.keySet());
    return suspects.all().isEmpty() ? CALM : ALERT;
  }

  /** Said once, however often it happens. */
  private void failed(Exception e) {
    String now = e.toString();
    if (!now.equals(failure)) {
      LOG.warn("orphan sweep of {}: a listing failed, nothing is done", backend.kind().field(), e);
    }
    failure = now;
  }

  private void report(Set<MachineKey> orphans, Map<MachineKey, MachineRef> machines) {
    orphans.stream()
        .filter(orphan -> !reported.contains(orphan))
        .forEach(
            orphan -> LOG.warn("orphaned machine, left alone as told: {}", machines.get(orphan)));
    reported = orphans;
  }

  private void tellBusy(Set<MachineKey> busy, Map<MachineKey, MachineRef> machines) {
    busy.stream()
        .filter(suspect -> toldBusy.add(suspect))
        .forEach(
            suspect ->
                LOG.warn(
                    "machine without a runner, left alone because calls run there: {}. Is another"
                        + " cluster a copy of this one? Give one of them an --installation-id of"
                        + " its own",
                    machines.get(suspect)));
    toldBusy.retainAll(suspects.all().keySet());
  }

  /** Asks the suspects themselves, long before they are due. */
  private void ask(Map<MachineKey, MachineRef> machines, Set<String> known) {
    Set<MachineKey> now = suspects.all().keySet();
    links.retain(now.stream().map(MachineKey::runnerUid).collect(Collectors.toSet()), known);
    now.stream().filter(links::isWanted).map(machines::get).forEach(this::ask);
  }

  private void ask(MachineRef suspect) {
    if (!asking.add(suspect.key())) {
      return;
    }
    try {
      places.run(backend.account(suspect.tenant()), suspect.key().pool(), () -> askNow(suspect));
    } catch (RuntimeException | Error e) {
      asking.remove(suspect.key());
      LOG.debug("no thread to look at {}", suspect, e);
    }
  }

  private void askNow(MachineRef suspect) {
    try {
      links.found(suspect.key(), backend.find(suspect));
    } catch (BackendException | RuntimeException e) {
      LOG.debug("{} cannot be looked at", suspect, e);
    } finally {
      asking.remove(suspect.key());
    }
  }

  /** On a place of its account, so that those of others do not wait for it. */
  private void remove(MachineRef orphan) {
    if (!removing.add(orphan.key())) {
      return;
    }
    try {
      places.run(backend.account(orphan.tenant()), orphan.key().pool(), () -> removeNow(orphan));
    } catch (RuntimeException | Error e) {
      removing.remove(orphan.key());
      LOG.warn("no thread to delete orphaned machine {}: {}", orphan, e.toString());
    }
  }

  private void removeNow(MachineRef orphan) {
    try {
      backend.delete(orphan);
      metrics.orphansRemoved(1);
      LOG.warn("orphaned machine deleted: {}", orphan);
    } catch (BackendException e) {
      LOG.warn("orphaned machine {} cannot be deleted yet", orphan, e);
    } finally {
      removing.remove(orphan.key());
    }
  }
}
