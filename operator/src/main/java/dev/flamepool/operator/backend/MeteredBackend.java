package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.health.OperatorMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

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
  public Places.Account account(Tenant tenant) {
    return inner.account(tenant);
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return inner.validate(entry);
  }

  @Override
  public void check(Tenant tenant) throws BackendException {
    inner.check(tenant);
  }

  @Override
  public BackendEntry resolve(String namespace, BackendEntry entry) throws BackendException {
    return inner.resolve(namespace, entry);
  }

  @Override
  public void onSourceChange(Consumer<String> namespace) {
    inner.onSourceChange(namespace);
  }

  @Override
  public boolean readsBootSecret() {
    return inner.readsBootSecret();
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return inner.offerings(entry);
  }

  @Override
  public Map<String, byte[]> prepare(MachineKey machine, BackendEntry entry, String offering)
      throws BackendException {
    return inner.prepare(machine, entry, offering);
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
  public boolean remembersAttempts() {
    return inner.remembersAttempts();
  }

  @Override
  public Optional<Machine> find(MachineRef machine) throws BackendException {
    return inner.find(machine);
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    return inner.list(installation, places);
  }

  @Override
  public MachineOutput output(MachineRef machine) throws BackendException {
    return inner.output(machine);
  }

  @Override
  public void booted(MachineRef machine) throws BackendException {
    inner.booted(machine);
  }

  @Override
  public void stop(MachineRef machine, Duration grace) throws BackendException {
    inner.stop(machine, grace);
  }

  @Override
  public void delete(MachineRef machine) throws BackendException {
    inner.delete(machine);
  }

  @Override
  public void retain(Set<Tenant> users) {
    inner.retain(users);
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    inner.onChange(runnerUid);
  }

  @Override
  public void calls(Function<String, Optional<Boolean>> known) {
    inner.calls(known);
  }

  @Override
  public void callsChanged(String runnerUid) {
    inner.callsChanged(runnerUid);
  }
}
