package dev.flamepool.operator.runner;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Launch;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.QuotaException;
import dev.flamepool.operator.cluster.RefusedException;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.credentials.MissingAuthorityException;
import dev.flamepool.operator.credentials.SecretConflictException;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The launch protocol: boot Secret, attempt, backend, machine id, each stored before the next.
 * After anything ambiguous the same attempt is looked up and replayed; only a definite refusal
 * leads to another.
 */
final class Launching {
  static final String SECRET_MISSING = "SecretMissing";
  static final String SECRET_CONFLICT = "SecretConflict";
  static final String SECRET_REFUSED = "SecretRefused";
  static final String RATE_LIMITED = "RateLimited";

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration SECRET_RETRY = Duration.ofSeconds(5);

  /** What the API server refuses it refuses for a while. */
  private static final Duration QUOTA_RETRY = Duration.ofSeconds(15);

  /** Another runner may have been answered meanwhile: then nobody waits any more. */
  private static final Duration HEARD = Duration.ofSeconds(5);

  private static final int MAX_WRITES = 5;

  private final ClusterApi api;
  private final RunnerSeals seals;
  private final BootSecrets secrets;
  private final Keys keys;
  private final Offerings offerings;
  private final Unanswered unanswered;
  private final Clock clock;

  Launching(
      ClusterApi api,
      RunnerSeals seals,
      BootSecrets secrets,
      Keys keys,
      Offerings offerings,
      Clock clock) {
    this.api = api;
    this.seals = seals;
    this.secrets = secrets;
    this.keys = keys;
    this.offerings = offerings;
    this.unanswered = new Unanswered(clock);
    this.clock = clock;
  }

  /**
   * One launch.
   *
   * @param backend where its machines come from
   * @param pool what its times come from
   * @param placed whether the backend may be called here
   */
  record Site(
      RunnerBackend backend,
      FlamePool pool,
      RunnerTimes times,
      RunnerWatch.Entry watch,
      boolean placed) {
    FlamePoolSpec spec() {
      return pool.getSpec();
    }
  }

  Progress run(FlameRunner runner, Site site) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    if (status.machine() != null) {
      return Progress.now(
          api.patchStatus(
              runner, RunnerStatus.accepted(status, status.machine(), clock.instant())));
    }
    return site.placed() ? placed(runner, site) : unplaced(runner, site.watch());
  }

  /** Whoever has to wait for something asks nobody meanwhile. */
  private Progress unplaced(FlameRunner runner, RunnerWatch.Entry watch) {
    Duration turn = watch.turnLeft();
    if (!turn.isZero()) {
      return Progress.in(runner, turn);
    }
    Duration pause = unanswered.left(runner);
    if (!pause.isZero()) {
      watch.leaveTurn(); // others need not wait that long
      return unheard(runner, pause);
    }
    return Progress.needsPlace(runner);
  }

  private Progress placed(FlameRunner runner, Site site) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    try {
      if (!seals.isOn(runner)) {
        return end(
            runner,
            EndReason.NotSealed,
            "the operator did not create it, or its pool has another authority since: no machine is"
                + " made for it");
      }
      return status.launch() == null ? first(runner, site) : recover(runner, site);
    } catch (MissingAuthorityException e) {
      return wait(runner, SECRET_MISSING, e.getMessage(), SECRET_RETRY);
    }
  }

  /**
   * No attempt is stored. If there are boot Secrets, one was made and lost: recover by key. Making
   * the first one's Secret tells whether there is none.
   */
  private Progress first(FlameRunner runner, Site site) {
    if (!site.watch().tried) {
      site.watch().tried = true;
      return begin(runner, site, keys.of(runner, 1), true);
    }
    List<MachineRef> possible = keys.possible(runner);
    for (MachineRef ref : possible) {
      Optional<Machine> machine;
      try {
        machine = site.backend().find(ref);
      } catch (BackendException e) {
        if (site.backend().remembersAttempts()) {
          continue;
        }
        return e.isUnsettled()
            ? Progress.in(runner, RETRY)
            : unheard(runner, unanswered.failed(runner, e.getMessage()));
      }
      if (machine.isPresent()) {
        return adopt(runner, site, machine.get());
      }
    }
    return begin(runner, site, keys.of(runner, Math.max(1, possible.size())), possible.isEmpty());
  }

  /** Fixes an attempt and asks the backend. */
  private Progress begin(FlameRunner runner, Site site, MachineKey key, boolean first) {
    BackendEntry entry = runner.getSpec().backend();
    Optional<String> offering = offerings.choose(site.backend(), entry);
    if (offering.isEmpty()) {
      return end(runner, EndReason.InvalidConfiguration, "the backend entry offers no place");
    }
    BootSecrets.Prepared prepared;
    try {
      prepared = secrets.prepare(runner, key, offering.get(), site.spec(), site.backend(), first);
    } catch (MissingSecretException e) {
      return wait(runner, SECRET_MISSING, e.getMessage(), SECRET_RETRY);
    } catch (SecretConflictException e) {
      return wait(runner, SECRET_CONFLICT, e.getMessage(), SECRET_RETRY);
    } catch (QuotaException e) {
      return wait(runner, EndReason.QuotaExceeded.name(), e.getMessage(), QUOTA_RETRY);
    } catch (RefusedException e) {
      return wait(runner, SECRET_REFUSED, e.getMessage(), QUOTA_RETRY);
    } catch (BackendException e) {
      return unprepared(runner, site, offering.get(), e);
    }
    boolean unstored = RunnerStatus.of(runner).launch() == null;
    if (first && unstored && !prepared.isNew()) {
      return Progress.now(runner);
    }
    Secret secret = prepared.secret();
    LaunchAttempt attempt = BootSecrets.attempt(runner, key, secret);
    Launch launch =
        new Launch(
            key.attempt(),
            attempt.token(),
            attempt.offering(),
            BootSecrets.sha256(secret),
            clock.instant().toString());
    FlameRunner stored =
        api.patchStatus(
            runner, RunnerStatus.launching(RunnerStatus.of(runner), launch, clock.instant()));
    site.watch().ambiguous = !first;
    return call(stored, site, attempt);
  }

  /** Nothing was made: there is not even an attempt. */
  private Progress unprepared(FlameRunner runner, Site site, String offering, BackendException e) {
    if (e.kind() == BackendException.Kind.RATE_LIMITED) {
      return wait(runner, RATE_LIMITED, e.getMessage(), RETRY);
    }
    Optional<EndReason> refusal = EndReason.ofRefusal(e.kind());
    if (refusal.isEmpty()) {
      return unknown(runner, site, e);
    }
    offerings.refuse(
        site.backend(), runner.getSpec().backend(), offering, e.kind(), e.getMessage());
    return end(runner, refusal.get(), e.getMessage());
  }

  /** An attempt is stored and no machine: it may exist. */
  private Progress recover(FlameRunner runner, Site site) {
    Optional<FlameRunner> fresh = fresh(runner);
    if (fresh.isEmpty()) {
      return Progress.OVER;
    }
    if (!version(fresh.get()).equals(version(runner))) {
      return Progress.now(fresh.get());
    }
    Launch launch = RunnerStatus.of(runner).launch();
    MachineKey key = keys.of(runner, launch.attempt());
    if (site.watch().ambiguous) {
      try {
        Optional<Machine> machine = site.backend().find(keys.ref(runner, launch.attempt()));
        if (machine.isPresent()) {
          return adopt(runner, site, machine.get());
        }
      } catch (BackendException e) {
        if (!site.backend().remembersAttempts()) {
          return unknown(runner, site, e);
        }
      }
    }
    Optional<Secret> secret = secrets.read(runner, launch.attempt());
    if (secret.isEmpty() || !BootSecrets.sha256(secret.get()).equals(launch.sha256())) {
      return end(
          runner,
          EndReason.BootSecretLost,
          "its boot Secret was deleted or changed before the machine was made");
    }
    return call(runner, site, BootSecrets.attempt(runner, key, secret.get()));
  }

  private Progress call(FlameRunner runner, Site site, LaunchAttempt attempt) {
    try {
      Machine machine = site.backend().launch(attempt);
      unanswered.answered(runner);
      site.watch().leaveTurn();
      return adopt(runner, site, machine);
    } catch (BackendException e) {
      site.watch().turn(e.turn());
      if (e.isDefinite()) {
        unanswered.answered(runner);
      }
      return switch (e.kind()) {
        case RATE_LIMITED -> {
          site.watch().askedSince = null; // waiting for a turn is no part of the boot
          Duration left = site.watch().turnLeft();
          yield wait(runner, RATE_LIMITED, e.getMessage(), left.isZero() ? RETRY : left);
        }
        case AMBIGUOUS -> unknown(runner, site, e);
        case CAPACITY, QUOTA, CONFIGURATION, CREDENTIALS -> refused(runner, site, attempt, e);
      };
    }
  }

  private Progress refused(
      FlameRunner runner, Site site, LaunchAttempt attempt, BackendException e) {
    EndReason reason = EndReason.ofRefusal(e.kind()).orElseThrow();
    BackendEntry entry = runner.getSpec().backend();
    offerings.refuse(site.backend(), entry, attempt.offering(), e.kind(), e.getMessage());
    // An earlier call of the same attempt, or another leader's, may have been heard after all: only
    // once its end is stored can the machine be deleted without anybody using it.
    if (reason != EndReason.InsufficientCapacity
        || !offerings.isOpen(site.backend(), entry)
        || site.watch().ambiguous) {
      return end(runner, reason, e.getMessage());
    }
    return begin(runner, site, keys.of(runner, attempt.key().attempt() + 1), true);
  }

  /** The machine's runner is gone, and nobody else would look for it before the sweep. */
  static void abandon(RunnerBackend backend, MachineRef ref) {
    try {
      backend.delete(ref);
    } catch (BackendException e) {
      // the sweep's
    }
  }

  private Progress unknown(FlameRunner runner, Site site, BackendException e) {
    Instant now = clock.instant();
    site.watch().ambiguous = true;
    site.watch().leaveTurn();
    if (!e.isUnsettled()) {
      site.watch().askedSince = null; // as for a turn, what is waited for is no boot
      return unheard(runner, unanswered.failed(runner, e.getMessage()));
    }
    if (site.watch().askedSince == null) {
      site.watch().askedSince = now;
    }
    if (now.isAfter(site.watch().askedSince.plus(site.times().boot()))) {
      return end(runner, EndReason.BootTimeout, "the backend gave no answer: " + e.getMessage());
    }
    return Progress.in(runner, RETRY);
  }

  /** Says once that the backend has not answered, if that has been so for a few tries. */
  private Progress unheard(FlameRunner runner, Duration left) {
    Duration again = left.compareTo(HEARD) < 0 ? left : HEARD;
    String words = unanswered.words(runner);
    boolean said = Slowness.NOT_ANSWERED.equals(RunnerStatus.of(runner).reason());
    return words.isEmpty() || said
        ? Progress.in(runner, again)
        : wait(runner, Slowness.NOT_ANSWERED, words, again);
  }

  /**
   * Stores the machine's id at once, in its own request. Where a first attempt was answered at once
   * the id may wait for a moment: most likely there is more to say soon.
   */
  private Progress adopt(FlameRunner seen, Site site, Machine machine) {
    FlameRunnerStatus.Machine stored =
        new FlameRunnerStatus.Machine(
            machine.key().attempt(), machine.id(), machine.address().orElse(null));
    if (isFresh(RunnerStatus.of(seen).launch()) && !site.watch().ambiguous) {
      site.watch().learnt(stored, clock.instant());
      return Progress.now(seen);
    }
    FlameRunner runner = seen;
    for (int i = 0; i < MAX_WRITES; i++) {
      try {
        return Progress.now(
            api.patchStatus(
                runner, RunnerStatus.accepted(RunnerStatus.of(runner), stored, clock.instant())));
      } catch (StaleException e) {
        Optional<FlameRunner> fresh = fresh(runner);
        if (fresh.isEmpty()) {
          abandon(site.backend(), keys.ref(runner, machine.key().attempt()));
          return Progress.OVER;
        }
        runner = fresh.get();
        if (RunnerStatus.of(runner).machine() != null
            || RunnerStatus.phase(runner)
                != Phase.Pending // it has ended: its end finds the machine
            || runner.getMetadata().getDeletionTimestamp() != null) {
          return Progress.now(runner);
        }
      }
    }
    return Progress.in(runner, RETRY);
  }

  /** The machine that only this process knows of. */
  Optional<MachineRef> unstored(FlameRunner runner, RunnerWatch.Entry watch) {
    return watch
        .unstored(RunnerStatus.of(runner))
        .map(known -> keys.ref(watch.known(runner), known.machine().attempt()));
  }

  private boolean isFresh(Launch launch) {
    return launch != null
        && launch.time() != null
        && clock.instant().isBefore(Instant.parse(launch.time()).plus(Tending.UNSTORED));
  }

  private Progress end(FlameRunner runner, EndReason reason, String message) {
    return Progress.now(
        api.patchStatus(
            runner,
            RunnerStatus.stopping(
                RunnerStatus.of(runner), reason, message, List.of(), clock.instant())));
  }

  private Progress wait(FlameRunner runner, String reason, String message, Duration again) {
    return Progress.in(
        api.patchStatus(runner, RunnerStatus.waiting(RunnerStatus.of(runner), reason, message)),
        again);
  }

  private Optional<FlameRunner> fresh(FlameRunner runner) {
    return api.runner(runner.getMetadata().getNamespace(), runner.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(runner.getMetadata().getUid()));
  }

  private static String version(FlameRunner runner) {
    return runner.getMetadata().getResourceVersion();
  }
}
