package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import java.util.List;

/** The lists of an app's and of an organisation's machines. */
final class ListMachines {
  private static final String METADATA = "metadata.";

  private final Cloud cloud;
  private final MachineLookup lookup;

  ListMachines(Cloud cloud, MachineLookup lookup) {
    this.cloud = cloud;
    this.lookup = lookup;
  }

  Answer ofApp(Call call) {
    boolean summary = call.query().is("summary");
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    lookup.visible(call.app()).stream()
        .filter(machine -> wanted(machine, call.query()))
        .forEach(
            machine ->
                list.add(summary ? View.summary(machine, cloud.options) : lookup.full(machine)));
    return Answer.ok(list);
  }

  Answer ofOrganisation(Call call) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("machines");
    cloud.all().stream()
        .filter(machine -> machine.visibleMs <= cloud.now() && wanted(machine, call.query()))
        .forEach(
            machine -> {
              ObjectNode view = View.summary(machine, cloud.options);
              view.remove("image_ref");
              view.put("app_name", machine.app).put("version", machine.instanceId);
              ObjectNode config = view.putObject("config");
              config.put("image", machine.config.path("image").asText());
              config.set("guest", machine.config.path("guest").deepCopy());
              config.set("metadata", MachineConfig.metadata(machine).deepCopy());
              list.add(view);
            });
    return Answer.ok(answer);
  }

  private static boolean wanted(FlyMachine machine, Query query) {
    List<String> regions = query.list("region");
    List<String> states = query.list("state");
    if (machine.isDestroyed() && !query.is("include_deleted")) {
      return false;
    }
    ObjectNode metadata = MachineConfig.metadata(machine);
    return (regions.isEmpty() || regions.contains(machine.region))
        && (states.isEmpty() || states.contains(machine.state))
        && query.values().entrySet().stream()
            .filter(parameter -> parameter.getKey().startsWith(METADATA))
            .allMatch(
                parameter -> {
                  String key = parameter.getKey().substring(METADATA.length());
                  return metadata.has(key)
                      && parameter.getValue().contains(metadata.path(key).asText());
                });
  }
}
