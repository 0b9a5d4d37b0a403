package dev.flamepool.operator.backend.fly;

import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Trouble;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What Fly says of a machine in the operator's words. Pure. */
final class MachineView {
  /** The codes with which a runner ends in order. */
  private static final Set<Integer> ORDERLY = Set.of(0, 10, 11, 12, 13);

  private MachineView() {}

  static Machine of(MachineKey key, FlyMachine machine) {
    State state = state(machine.state());
    OptionalInt code =
        machine
            .exit()
            .map(FlyMachine.Exit::code)
            .filter(c -> state == State.ENDED)
            .orElse(OptionalInt.empty());
    boolean outOfMemory = machine.exit().map(FlyMachine.Exit::outOfMemory).orElse(false);
    boolean inOrder = code.isPresent() && ORDERLY.contains(code.getAsInt()) && !outOfMemory;
    return new Machine(
        key,
        machine.id(),
        state == State.RUNNING ? address(machine) : Optional.empty(),
        state,
        code,
        state == State.ENDED && outOfMemory ? "OutOfMemory" : "",
        state == State.ENDED && !inOrder ? machine.events() : List.of(),
        state == State.ENDED && code.isEmpty() ? Optional.of(untold(machine)) : Optional.empty());
  }

  /** Nobody told how the process ended, or there never was one. */
  private static Trouble untold(FlyMachine machine) {
    boolean failed = machine.state().equals("failed") || machine.state().equals("launch_failed");
    return new Trouble(
        failed ? "NotStarted" : "EndedUntold", machine.story(), Optional.empty(), true);
  }

  /** A state that is not known is one of a machine that may run. */
  private static State state(String word) {
    return switch (word) {
      case "created", "starting" -> State.STARTING;
      case "stopping", "suspending", "destroying" -> State.STOPPING;
      case "stopped", "suspended", "failed", "launch_failed", "destroyed", "replaced", "migrated" ->
          State.ENDED;
      default -> State.RUNNING;
    };
  }

  private static Optional<String> address(FlyMachine machine) {
    int port = Ownership.MARKS.port(machine.metadata());
    String ip = machine.privateIp();
    if (port == 0 || ip.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of((ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port);
  }
}
