package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.health.OperatorMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A backend whose launches are counted.
 *
 * @param inner does the work
 * @param metrics counts
 */
public record MeteredBackend(RunnerBackend inner, OperatorMetrics metrics)
    implements RunnerBackend {
  @Override
  public BackendKind kind() {
    return inner.kind();
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return inner.validate(entry);
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return inner.offerings(entry);
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    try {
      Machine machine = inner.launch(attempt);
      metrics.launched(kind());
      return machine;
    } catch (BackendException e) {
      metrics.launchFailed(kind(), e.kind());
      throw e;
    }
  }

  @Override
  public Optional<Machine> find(MachineKey key) throws BackendException {
    return inner.find(key);
  }

  @Override
  public List<Machine> list(String installation) throws BackendException {
    return inner.list(installation);
  }

  @Override
  public List<String> output(MachineKey key) throws BackendException {
    return inner.output(key);
  }

  @Override
  public void stop(MachineKey key, Duration grace) throws BackendException {
    inner.stop(key, grace);
  }

  @Override
  public void delete(MachineKey key) throws BackendException {
    inner.delete(key);
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    inner.onChange(runnerUid);
  }
}
