package dev.flamepool.operator.world;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A cloud that is sick for one pool; each directory of an entry is an account of its own. */
final class SickBackend implements RunnerBackend {
  /** What one call of the cloud meets; nothing by default. */
  interface Illness {
    /** A machine is asked for. */
    default Machine launch(LaunchAttempt attempt, RunnerBackend cloud) throws BackendException {
      return cloud.launch(attempt);
    }

    /** A machine is looked for. */
    default Optional<Machine> find(MachineRef machine, RunnerBackend cloud)
        throws BackendException {
      return cloud.find(machine);
    }

    /** A machine is to end: {@code end} does it. */
    default void end(MachineRef machine, Ending end) throws BackendException {
      end.run();
    }
  }

  /** A stop or a delete. */
  interface Ending {
    void run() throws BackendException;
  }

  private final RunnerBackend cloud;
  private final Sickness sickness;

  SickBackend(RunnerBackend cloud, Sickness sickness) {
    this.cloud = cloud;
    this.sickness = sickness;
  }

  private Illness of(MachineKey key) {
    return sickness.illness(key);
  }

  @Override
  public BackendKind kind() {
    return cloud.kind();
  }

  @Override
  public Places.Account account(Tenant tenant) {
    return new Places.Account("local", cloud.offerings(tenant.entry()));
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return cloud.validate(entry);
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return cloud.offerings(entry);
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    sickness.asked("launch", attempt.key());
    return of(attempt.key()).launch(attempt, cloud);
  }

  @Override
  public Optional<Machine> find(MachineRef machine) throws BackendException {
    sickness.asked("find", machine.key());
    return of(machine.key()).find(machine, cloud);
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    return cloud.list(installation, places);
  }

  @Override
  public void stop(MachineRef machine, Duration grace) throws BackendException {
    sickness.asked("stop", machine.key());
    of(machine.key()).end(machine, () -> cloud.stop(machine, grace));
  }

  @Override
  public void delete(MachineRef machine) throws BackendException {
    sickness.asked("delete", machine.key());
    of(machine.key()).end(machine, () -> cloud.delete(machine));
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    cloud.onChange(runnerUid);
  }
}
