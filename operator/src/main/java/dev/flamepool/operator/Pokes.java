package dev.flamepool.operator;

import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.pool.PoolController;
import dev.flamepool.operator.runner.RunnerController;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Turns what runners and backends say by themselves into reconciles: a change of a runner's state
 * at once, a mere change of its number of calls at most once a second and pool.
 */
final class Pokes {
  private static final long COUNTERS_MS = 1_000;

  private record State(boolean connected, RunnerReport.State state, String cause) {}

  private final RunnerController runners;
  private final PoolController pools;
  private final RunnerLinks links;
  private final ScheduledExecutorService timer;
  private final Map<String, State> last = new ConcurrentHashMap<>();
  private final Set<String> due = ConcurrentHashMap.newKeySet();

  Pokes(
      RunnerController runners,
      PoolController pools,
      RunnerLinks links,
      ScheduledExecutorService timer) {
    this.runners = runners;
    this.pools = pools;
    this.links = links;
    this.timer = timer;
  }

  /** The backend noticed a change of a runner's machine. */
  void machineChanged(String runnerUid) {
    runners.name(runnerUid).ifPresent(runners::poke);
  }

  /** The runner said something, or its connection changed. */
  void reportChanged(String runnerUid) {
    Optional<RunnerController.Name> name = runners.name(runnerUid);
    Optional<RunnerReport> report = links.report(runnerUid);
    if (name.isEmpty() || report.isEmpty()) {
      last.remove(runnerUid);
      return;
    }
    State now = new State(report.get().connected(), report.get().state(), report.get().cause());
    if (!now.equals(last.put(runnerUid, now))) {
      runners.poke(name.get());
    }
    String pool = name.get().namespace() + "/" + name.get().pool();
    if (due.add(pool)) {
      try {
        Future<?> unused =
            timer.schedule(() -> counters(pool, name.get()), COUNTERS_MS, TimeUnit.MILLISECONDS);
      } catch (Throwable e) {
        due.remove(pool);
        throw e;
      }
    }
  }

  /** The runner's object is gone. */
  void forget(String runnerUid) {
    last.remove(runnerUid);
  }

  private void counters(String pool, RunnerController.Name name) {
    due.remove(pool);
    pools.poke(name.namespace(), name.pool());
  }
}
