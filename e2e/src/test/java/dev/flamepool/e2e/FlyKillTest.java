package dev.flamepool.e2e;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kill -9 of the operator around its calls of Fly's API. */
class FlyKillTest extends FlyScenario {
  private static final Set<String> ENDING = Set.of("Machines_delete", "Machines_show");

  @ParameterizedTest
  @CsvSource({
    "Machines_create, delay",
    "Machines_create, lose-response",
    "Machines_create, lose-request",
    "Machines_list, delay",
    "Machines_list, lose-response",
    "Machines_delete, delay",
    "Machines_delete, lose-response",
    "Machines_delete, lose-request",
    "Machines_show, delay",
    "Machines_show, lose-response"
  })
  void aKilledOperatorLeavesNoMachine(String operation, String effect) throws Exception {
    start();
    killTheOperatorAt(operation, effect, ENDING.contains(operation));
  }
}
