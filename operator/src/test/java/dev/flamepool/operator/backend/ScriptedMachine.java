package dev.flamepool.operator.backend;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One machine of a {@link ScriptedCloud}; guarded by it. */
final class ScriptedMachine {
  final MachineKey key;
  final String request;
  final String id;
  final Instant created;
  Machine.State state = Machine.State.STARTING;
  Optional<String> address = Optional.empty();
  OptionalInt exitCode = OptionalInt.empty();
  String cause = "";
  List<String> lastLines = List.of();
  boolean deleting;

  ScriptedMachine(MachineKey key, String request, String id, Instant created) {
    this.key = key;
    this.request = request;
    this.id = id;
    this.created = created;
  }

  boolean live() {
    return state != Machine.State.ENDED;
  }

  Machine view() {
    return new Machine(key, id, address, state, exitCode, cause, lastLines);
  }
}
