package dev.flamepool.operator.shared;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.ConditionTypes;
import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameBackendStatus;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Conditions;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.shared.Readiness.State;
import dev.flamepool.operator.shared.Readiness.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a FlameBackend's readiness true, and the FlameBackend itself while pools use it. Knows
 * nothing of JOSDK; thread-safe for different FlameBackends.
 */
public final class SharedBackendReconciler {
  private static final Duration SOON = Duration.ofMillis(100);

  /** A Secret may have been mended, or an image made. */
  private static final Duration NOT_READY_AGAIN = Duration.ofSeconds(30);

  /** Credentials end and images vanish without anybody telling. */
  private static final Duration READY_AGAIN = Duration.ofMinutes(10);

  /** A cloud that works answers sooner. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  /** Whose work a check is among that of an account's pools, none of which has this name. */
  private static final String CHECKS = "";

  private static final Verdict NOT_ANSWERED =
      new Verdict(
          State.UNKNOWN, "NotAnswered", "it has been asked and has not answered for more than 5 s");

  private record Checked(@Nullable Long generation, Instant again, Verdict verdict) {}

  private final ClusterApi api;
  private final Readiness readiness;
  private final AccountPasses<FlameBackend> passes;
  private final Clock clock;
  private final Map<String, Checked> checked = new ConcurrentHashMap<>();

  /**
   * What it works with.
   *
   * @param passes where clouds are asked
   */
  public SharedBackendReconciler(
      ClusterApi api, Backends backends, AccountPasses<FlameBackend> passes, Clock clock) {
    this.api = api;
    this.passes = passes;
    this.readiness = new Readiness(backends);
    this.clock = clock;
  }

  /**
   * One pass, as far as it goes without asking the cloud; the rest follows on a place of its
   * account.
   *
   * @return when to call again at the latest
   */
  public Duration reconcile(FlameBackend seen) {
    Optional<AccountPasses.Wait> wait = passes.underWay(seen);
    if (wait.isPresent()) {
      return whileAsked(seen, wait.get());
    }
    Optional<Checked> known = known(seen);
    if (known.isPresent()) {
      return say(seen, known.get());
    }
    Optional<Verdict> refused = readiness.refusal(seen);
    return refused.isPresent()
        ? say(seen, remember(seen, refused.get()))
        : passes.run(
            seen,
            readiness.account(seen),
            CHECKS,
            now -> say(now, remember(now, readiness.asked(now))));
  }

  /** Of one that was never asked before it is said that this takes long. */
  private Duration whileAsked(FlameBackend seen, AccountPasses.Wait wait) {
    Duration left = Duration.between(clock.instant(), wait.since().plus(SLOW));
    if (left.isNegative() || left.isZero()) {
      if (!checked.containsKey(seen.getMetadata().getUid())) {
        write(seen, NOT_ANSWERED);
      }
      return NOT_READY_AGAIN;
    }
    return left;
  }

  private Duration say(FlameBackend seen, Checked known) {
    return write(seen, known.verdict())
        ? Duration.between(clock.instant(), known.again()).plus(SOON)
        : SOON;
  }

  private Optional<Checked> known(FlameBackend seen) {
    return Optional.ofNullable(checked.get(seen.getMetadata().getUid()))
        .filter(
            before ->
                Objects.equals(before.generation(), seen.getMetadata().getGeneration())
                    && clock.instant().isBefore(before.again()));
  }

  private Checked remember(FlameBackend seen, Verdict verdict) {
    Duration wait = verdict.state() == State.READY ? READY_AGAIN : NOT_READY_AGAIN;
    Checked now =
        new Checked(seen.getMetadata().getGeneration(), clock.instant().plus(wait), verdict);
    checked.put(seen.getMetadata().getUid(), now);
    return now;
  }

  /**
   * One pass over one that is being deleted.
   *
   * @param users names of the pools that use it
   * @return whether it may go
   */
  public boolean release(FlameBackend seen, List<String> users) {
    if (users.isEmpty()) {
      gone(seen);
      return true;
    }
    write(
        seen,
        new Verdict(
            State.NOT_READY,
            "InUse",
            "it goes once FlamePools %s do not use it any more"
                .formatted(String.join(", ", users))));
    return false;
  }

  /** The object is gone: nothing of it is kept in memory. */
  public void gone(FlameBackend backend) {
    checked.remove(backend.getMetadata().getUid());
    passes.forget(backend);
  }

  private boolean write(FlameBackend seen, Verdict verdict) {
    List<Condition> before =
        seen.getStatus() == null || seen.getStatus().conditions() == null
            ? List.of()
            : seen.getStatus().conditions();
    Long generation = seen.getMetadata().getGeneration();
    Condition ready =
        Conditions.of(
            ConditionTypes.READY,
            word(verdict.state()),
            verdict.reason(),
            verdict.message(),
            generation,
            before,
            clock.instant());
    try {
      api.patchStatus(seen, new FlameBackendStatus(generation, List.of(ready)));
      return true;
    } catch (StaleException e) {
      return false;
    }
  }

  private static String word(State state) {
    return switch (state) {
      case READY -> "True";
      case NOT_READY -> "False";
      case UNKNOWN -> "Unknown";
    };
  }

  /** Whether a pool takes runners from a FlameBackend, be it as the default. */
  static boolean uses(FlamePool pool, String backend) {
    if (pool.getSpec() == null) {
      return false;
    }
    List<BackendEntry> entries = pool.getSpec().backends();
    if (entries == null || entries.isEmpty()) {
      return backend.equals(Names.DEFAULT_BACKEND);
    }
    return entries.stream().anyMatch(entry -> backend.equals(entry.ref()));
  }
}
