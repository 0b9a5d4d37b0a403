package dev.flamepool.operator.world;

import dev.flamepool.operator.control.IdleSettings;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** One operator instance's control connections to {@link FakeRunners}. */
public final class FakeLinks implements RunnerLinks {
  private final FakeRunners runners;
  private final Set<String> kept = new HashSet<>();
  final Map<String, IdleSettings> settings = new HashMap<>();

  /** Connections to these runners. */
  public FakeLinks(FakeRunners runners) {
    this.runners = runners;
  }

  @Override
  public synchronized void keep(RunnerTarget target) {
    kept.add(target.runnerUid());
  }

  @Override
  public synchronized Optional<RunnerReport> report(String runnerUid) {
    return kept.contains(runnerUid) ? runners.report(runnerUid) : Optional.empty();
  }

  @Override
  public synchronized void settings(String runnerUid, IdleSettings idle) {
    settings.put(runnerUid, idle);
  }

  @Override
  public synchronized void withdraw(String runnerUid) {
    runners.withdraw(runnerUid);
  }

  @Override
  public synchronized void drop(String runnerUid) {
    kept.remove(runnerUid);
    settings.remove(runnerUid);
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {}

  @Override
  public void close() {}
}
