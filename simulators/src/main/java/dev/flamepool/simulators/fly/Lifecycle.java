package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flamepool.simulators.fly.Call.Answer;
import java.time.Duration;

/** What a user may do to a machine that is there. */
final class Lifecycle {
  private final Cloud cloud;
  private final MachineLookup lookup;

  Lifecycle(Cloud cloud, MachineLookup lookup) {
    this.cloud = cloud;
    this.lookup = lookup;
  }

  Answer start(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    String before = machine.state;
    switch (before) {
      case "stopped", "failed" -> cloud.start(machine);
      case "suspended" -> cloud.resume(machine);
      case "started", "starting" -> {}
      case "replacing" -> throw FlyError.recorded("start_replacing");
      default -> throw FlyError.recorded("start_created", "'created'", "'" + before + "'");
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("previous_state", before);
    return Answer.ok(answer.put("migrated", false).put("new_host", ""));
  }

  Answer stop(Call call) throws FlyError {
    FlyMachine machine = lookup.endable(call);
    if (machine.isIn("started", "stopping")) {
      String signal = call.body().path("signal").asText(MachineConfig.stopSignal(machine.config));
      Duration timeout =
          Durations.of(call.body().path("timeout"), MachineConfig.stopTimeout(machine.config));
      cloud.stop(machine, signal, MachineConfig.atMost(timeout), false);
    } else if (!machine.isIn("stopped", "suspended", "failed")) {
      throw cannot("stop", machine);
    }
    return Answer.done();
  }

  Answer restart(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    if (!machine.state.equals("started")) {
      throw cannot("restart", machine);
    }
    String signal = call.query().first("signal").orElse(MachineConfig.stopSignal(machine.config));
    Duration timeout =
        Durations.of(
            TextNode.valueOf(call.query().first("timeout").orElse("")),
            MachineConfig.stopTimeout(machine.config));
    cloud.stop(machine, signal, MachineConfig.atMost(timeout), true);
    return Answer.done();
  }

  Answer signal(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    if (!machine.state.equals("started")) {
      throw cannot("signal", machine);
    }
    cloud.signal(machine, call.object().path("signal").asText("SIGINT"));
    return Answer.done();
  }

  Answer suspend(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    if (!machine.state.equals("started")) {
      throw cannot("suspend", machine);
    }
    cloud.suspend(machine);
    return Answer.done();
  }

  Answer cordon(Call call, boolean cordoned) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    machine.cordoned = cordoned;
    cloud.save(machine);
    return Answer.done();
  }

  Answer delete(Call call) throws FlyError {
    FlyMachine machine = lookup.endable(call);
    boolean force = call.query().is("force") || call.query().is("kill");
    boolean rests =
        machine.isIn("stopped", "suspended", "failed", "created", "destroying", "destroyed");
    if (!force && !rests) {
      throw FlyError.recorded("destroy_not_stopped");
    }
    if (call.effect() instanceof Effect.StuckInDestroying) {
      machine.quirks.add(FlyMachine.Quirk.STUCK_DESTROYING);
    }
    cloud.destroy(machine, "user");
    return Answer.done();
  }

  /** A new config; a machine that runs is stopped and started again with it. */
  Answer update(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    String expected = call.object().path("current_version").asText();
    if (!expected.isEmpty() && !expected.equals(machine.instanceId)) {
      throw FlyError.recorded("concurrent_update");
    }
    if (!machine.isIn("started", "stopped", "suspended", "failed")) {
      throw cannot("update", machine);
    }
    machine.config = MachineConfig.accepted(call.object().path("config"));
    machine.instanceId = Ids.ulid(cloud.now());
    machine.event("update", "replaced", "user", cloud.now());
    cloud.save(machine);
    if (machine.state.equals("started")) {
      cloud.stop(
          machine,
          MachineConfig.stopSignal(machine.config),
          MachineConfig.stopTimeout(machine.config),
          true);
    } else if (!call.object().path("skip_launch").asBoolean()) {
      cloud.start(machine);
    }
    return Answer.ok(lookup.full(machine));
  }

  private static FlyError cannot(String what, FlyMachine machine) {
    return FlyError.of(
        412,
        "failed_precondition: unable to %s machine from current state: '%s'"
            .formatted(what, machine.state));
  }
}
