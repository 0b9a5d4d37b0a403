package dev.flamepool.operator.sweep;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A backend as an operator of some namespaces may see it in a listing: the machines of other
 * namespaces belong to another operator of the same installation, whose runners this one does not
 * list.
 *
 * @param all the backend itself
 * @param namespaces served; empty for all
 */
public record ServedNamespaces(RunnerBackend all, Set<String> namespaces) implements RunnerBackend {
  @Override
  public BackendKind kind() {
    return all.kind();
  }

  @Override
  public Places.Account account(Tenant tenant) {
    return all.account(tenant);
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return all.validate(entry);
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    return all.launch(attempt);
  }

  @Override
  public Optional<Machine> find(MachineRef machine) throws BackendException {
    return all.find(machine);
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    return all.list(installation, places).stream()
        .filter(machine -> namespaces.isEmpty() || namespaces.contains(machine.key().namespace()))
        .toList();
  }

  @Override
  public void stop(MachineRef machine, Duration grace) throws BackendException {
    all.stop(machine, grace);
  }

  @Override
  public void delete(MachineRef machine) throws BackendException {
    all.delete(machine);
  }

  @Override
  public void retain(Set<Tenant> users) {
    all.retain(users);
  }
}
