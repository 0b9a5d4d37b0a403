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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private final OperatorMetrics metrics;
  private final Clock clock;

  private final Set<MachineKey> removing = ConcurrentHashMap.newKeySet();
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
   * @param age how long a machine must have been without a runner; longer than any launch takes
   */
  public OrphanSweep(
      RunnerBackend backend,
      KnownRunners runners,
      String installation,
      Duration age,
      Verdict verdict,
      Places places,
      OperatorMetrics metrics,
      Clock clock) {
    this.backend = backend;
    this.runners = runners;
    this.installation = installation;
    this.age = age;
    this.verdict = verdict;
    this.places = places;
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
    suspects = before.after(machines.keySet(), known.keySet(), now);
    metrics.orphansSeen(suspects.since().size());
    Set<MachineKey> orphans = Set.copyOf(suspects.orphans(before, age, now));
    if (verdict == Verdict.DELETE) {
      orphans.forEach(orphan -> remove(machines.get(orphan)));
    } else {
      report(orphans, machines);
    }
    return suspects.since().isEmpty() ? CALM : ALERT;
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
