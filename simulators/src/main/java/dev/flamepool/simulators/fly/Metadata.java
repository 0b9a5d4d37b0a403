package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;

/** Metadata of machines: changing it makes no new version. */
final class Metadata {
  private final Cloud cloud;
  private final MachineLookup lookup;

  Metadata(Cloud cloud, MachineLookup lookup) {
    this.cloud = cloud;
    this.lookup = lookup;
  }

  Answer show(Call call) throws FlyError {
    return Answer.ok(MachineConfig.metadata(lookup.machine(call)).deepCopy());
  }

  Answer get(Call call) throws FlyError {
    JsonNode value = MachineConfig.metadata(lookup.machine(call)).path(key(call));
    if (value.isMissingNode()) {
      throw FlyError.of(404, "metadata key not found");
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    return Answer.ok(answer.set("value", value));
  }

  Answer put(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    set(machine, key(call), call.object().path("value"));
    cloud.save(machine);
    return Answer.nothing();
  }

  Answer delete(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    MachineConfig.metadata(machine).remove(key(call));
    cloud.save(machine);
    return Answer.nothing();
  }

  Answer update(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    String version = call.object().path("machine_version").asText();
    if (!version.isEmpty() && !version.equals(machine.instanceId)) {
      throw FlyError.of(412, "failed_precondition: machine version has changed");
    }
    call.object()
        .path("metadata")
        .properties()
        .forEach(entry -> set(machine, entry.getKey(), entry.getValue()));
    cloud.save(machine);
    return Answer.nothing();
  }

  private static void set(FlyMachine machine, String key, JsonNode value) {
    if (value.isNull() || value.asText().isEmpty()) {
      MachineConfig.metadata(machine).remove(key);
    } else {
      MachineConfig.metadata(machine).put(key, value.asText());
    }
  }

  private static String key(Call call) {
    return call.parameters().getOrDefault("key", "");
  }
}
