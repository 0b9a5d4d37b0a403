package dev.flamepool.e2e;

import java.util.List;

/** A way in which a cloud account can be sick. It is over when the cloud is healed. */
enum AccountFault {
  REFUSES_FOR_A_WHILE("answer', 'status': 503, 'body': 'try later", "Machines_create"),
  HAS_NO_ROOM("refuse', 'name': 'insufficient_capacity", "Machines_create"),
  ANSWERS_GARBAGE("answer', 'status': 200, 'body': '<html>", "Machines_create", "Machines_show"),
  /** Its requests stand at the gate. */
  HANGS(""),
  LIMITS_REQUESTS("refuse', 'name': 'rate_limit", "Machines_create", "Machines_list"),
  LOSES_ANSWERS("lose-response", "Machines_create", "Machines_delete"),
  CANNOT_TELL("answer', 'status': 500, 'body': '", "Machines_show", "Machines_list"),
  IS_LATE("delay', 'millis': '8000", "Machines_create", "Machines_delete"),
  MACHINES_DO_NOT_BOOT("fails-to-boot", "Machines_create"),
  TAKES_NO_TOKEN("refuse', 'name': 'unauthorized", "Machines_create", "Machines_show"),
  SHOWS_MACHINES_LATE("visible-after', 'millis': '20000", "Machines_create"),
  CANNOT_END("answer', 'status': 500, 'body': '", "Machines_stop", "Machines_delete");

  private final String effect;

  @SuppressWarnings("ImmutableEnumChecker") // by List.of
  private final List<String> operations;

  /**
   * @param effect with its parameters, as the simulator's faults have them, in single quotes
   */
  AccountFault(String effect, String... operations) {
    this.effect = effect;
    this.operations = List.of(operations);
  }

  /**
   * Makes an account sick.
   *
   * @param silence has its requests stand there
   */
  void strike(SimulatedCloud cloud, Trap silence) throws Exception {
    if (this == HANGS) {
      silence.set();
    }
    for (String operation : operations) {
      cloud.fault(
          "{'operation': '%s', 'times': 1000000, 'effect': '%s'}"
              .formatted(operation, effect)
              .replace('\'', '"'));
    }
  }
}
