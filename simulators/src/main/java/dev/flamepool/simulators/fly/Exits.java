package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.machine.Exit;

/** What follows from the end of a machine's process. */
final class Exits {
  private static final int MOST_RESTARTS = 10;

  private Exits() {}

  /** Whether the restart policy starts it again. */
  static boolean startsAgain(FlyMachine machine, Exit exit) {
    if (machine.requestedStop || machine.state.equals("destroying")) {
      return false;
    }
    JsonNode restart = machine.config.path("restart");
    return switch (restart.path("policy").asText()) {
      case "always" -> true;
      case "on-failure" ->
          exit.code() != 0 && machine.restarts < restart.path("max_retries").asInt(MOST_RESTARTS);
      default -> false;
    };
  }

  /** What the event of the end tells. */
  static ObjectNode event(FlyMachine machine, Exit exit, boolean restarting, long now) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request
        .putObject("exit_event")
        .put("exit_code", exit.code())
        .put("exited_at", now)
        .put("guest_exit_code", exit.code())
        .put("guest_signal", exit.signal())
        .put("oom_killed", exit.oomKilled())
        .put("requested_stop", machine.requestedStop)
        .put("restarting", restarting)
        .put("signal", exit.signal());
    return request.put("restart_count", machine.restarts);
  }
}
