package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import java.util.List;

/** {@code GET .../wait}: 1 to 60 s, by the simulator's clock. */
final class WaitForState implements Call.Handler {
  private static final int LONGEST_SECONDS = 60;

  private final Cloud cloud;
  private final MachineLookup lookup;

  WaitForState(Cloud cloud, MachineLookup lookup) {
    this.cloud = cloud;
    this.lookup = lookup;
  }

  @Override
  public Answer handle(Call call) throws FlyError {
    List<String> asked = call.query().list("state");
    List<String> states = asked.isEmpty() ? List.of("started") : asked;
    long until = cloud.now() + timeoutSeconds(call.query()) * 1_000L;
    while (true) {
      FlyMachine machine = lookup.machine(call);
      if (states.contains(machine.state) || (states.contains("settled") && machine.isSettled())) {
        return Answer.ok(reached(machine));
      }
      String wanted = String.join(", ", states);
      if (machine.isDestroyed()) {
        throw FlyError.of(
            400, "failed_precondition: machine is destroyed and cannot become " + wanted);
      }
      if (cloud.now() >= until || Thread.currentThread().isInterrupted()) {
        throw FlyError.recorded(
            "wait_deadline",
            "state, started, currently created",
            "state, " + wanted + ", currently " + machine.state);
      }
      cloud.pause();
      cloud.settle();
    }
  }

  private static int timeoutSeconds(Query query) throws FlyError {
    String text = query.first("timeout").orElse("" + LONGEST_SECONDS);
    int seconds = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    if (seconds < 1 || seconds > LONGEST_SECONDS) {
      throw FlyError.recorded("wait_timeout_range");
    }
    return seconds;
  }

  private static ObjectNode reached(FlyMachine machine) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ok", true)
        .put("state", machine.state)
        .put("event_id", machine.events.get(0).id())
        .put("version", machine.instanceId);
  }
}
