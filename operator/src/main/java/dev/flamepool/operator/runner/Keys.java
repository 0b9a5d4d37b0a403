package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The keys under which a runner's machines can be found, whatever was lost in a crash. */
final class Keys {
  private final String installation;
  private final BootSecrets secrets;

  Keys(String installation, BootSecrets secrets) {
    this.installation = installation;
    this.secrets = secrets;
  }

  MachineKey of(FlameRunner runner, int attempt) {
    return new MachineKey(
        installation,
        runner.getMetadata().getNamespace(),
        runner.getSpec().pool(),
        runner.getMetadata().getName(),
        runner.getMetadata().getUid(),
        attempt);
  }

  /** The machine of an attempt. */
  MachineRef ref(FlameRunner runner, int attempt) {
    FlameRunnerStatus.Machine machine = RunnerStatus.of(runner).machine();
    return new MachineRef(
        of(runner, attempt),
        runner.getSpec().backend(),
        Optional.ofNullable(machine)
            .filter(known -> known.attempt() == attempt)
            .map(FlameRunnerStatus.Machine::id));
  }

  /**
   * The attempts whose machine may exist. Normally the one in {@code launch}: every earlier one was
   * refused for sure. If that was lost, every attempt that has a boot Secret: no machine is asked
   * for before its Secret and {@code launch} are stored. So empty means that there never was one.
   */
  List<MachineRef> possible(FlameRunner runner) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    TreeSet<Integer> attempts = new TreeSet<>();
    if (status.launch() != null) {
      attempts.add(status.launch().attempt());
    }
    if (status.machine() != null) {
      attempts.add(status.machine().attempt());
    }
    if (attempts.isEmpty()) {
      for (int attempt = 1; secrets.read(runner, attempt).isPresent(); attempt++) {
        attempts.add(attempt);
      }
    }
    List<MachineRef> machines = new ArrayList<>();
    attempts.forEach(attempt -> machines.add(ref(runner, attempt)));
    return machines;
  }
}
