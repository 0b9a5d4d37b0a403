package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.control.Contact;
import dev.flamepool.operator.control.Contacts;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.scaling.CallerDemand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a runner that the operator does not reach: from the others, and from callers.
 */
final class Reach {
  /** Callers tell averages over 10 s, up to 10 s late. */
  private static final Duration CALM = Duration.ofSeconds(30);

  private final RunnerReconciler.Pools pools;
  private final RunnerLinks links;
  private final Contacts contacts;
  private final OperatorMetrics metrics;
  private final Clock clock;

  Reach(
      RunnerReconciler.Pools pools,
      RunnerLinks links,
      Contacts contacts,
      OperatorMetrics metrics,
      Clock clock) {
    this.pools = pools;
    this.links = links;
    this.contacts = contacts;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Whether a runner answers. One that has not been ready yet, or drains, says nothing of others.
   */
  void heard(FlameRunner runner, @Nullable Instant silentSince) {
    if (RunnerStatus.phase(runner) == Phase.Ready) {
      Contact contact =
          new Contact(runner.getSpec().poolUid(), runner.getSpec().backend().kind(), silentSince);
      if (contacts.heard(uid(runner), contact)) {
        changed(runner);
      }
    } else {
      contacts.forget(uid(runner));
      metrics.cutOff(contacts.cutOff());
    }
  }

  /** The pool tells of it. */
  private void changed(FlameRunner runner) {
    metrics.cutOff(contacts.cutOff());
    pools.wake(runner.getMetadata().getNamespace(), runner.getSpec().pool());
  }

  void forget(FlameRunner runner) {
    contacts.forget(uid(runner));
    metrics.cutOff(contacts.cutOff());
  }

  /** Whether a runner does not answer because the operator has lost its way to runners like it. */
  boolean isCutOff(FlameRunner runner) {
    if (RunnerStatus.phase(runner) != Phase.Ready) {
      return contacts.isCutOff(runner.getSpec().backend().kind());
    }
    boolean before = contacts.wasCutOff(uid(runner));
    boolean cutOff = contacts.isCutOff(uid(runner));
    if (cutOff != before) {
      changed(runner);
    }
    return cutOff;
  }

  /**
   * Whether its pool's callers reported more calls of late than the runners that answer have: so
   * some may run on this one.
   */
  boolean isCalled(FlameRunner runner, RunnerWatch.Entry watch) {
    Instant now = clock.instant();
    long reported =
        pools
            .demand(runner.getMetadata().getNamespace(), runner.getSpec().pool(), now)
            .live()
            .stream()
            .mapToLong(CallerDemand::inFlight)
            .sum();
    if (reported > 0 && reported > answered(runner.getSpec().poolUid())) {
      watch.calledAt = now;
    }
    return watch.calledAt != null && now.isBefore(watch.calledAt.plus(CALM));
  }

  private long answered(String poolUid) {
    return contacts.ofPool(poolUid).stream()
        .flatMap(uid -> links.report(uid).stream())
        .filter(RunnerReport::connected)
        .mapToLong(RunnerReport::inFlight)
        .sum();
  }

  private static String uid(FlameRunner runner) {
    return runner.getMetadata().getUid();
  }
}
