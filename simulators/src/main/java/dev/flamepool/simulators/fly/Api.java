package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import dev.flamepool.simulators.fly.Call.Handler;
import java.util.HashMap;
import java.util.Map;

/** Which room serves which operation of Fly's document; the others are not simulated. */
final class Api {
  private static final int MOST_EVENTS = 50;

  private final Cloud cloud;
  private final MachineLookup lookup;
  private final Map<String, Handler> handlers = new HashMap<>();

  Api(Cloud cloud, Faults faults, Apps apps) {
    this.cloud = cloud;
    lookup = new MachineLookup(cloud);
    handlers.put("Apps_list", apps::list);
    handlers.put("Apps_create", apps::create);
    handlers.put("Apps_show", apps::show);
    handlers.put("Apps_delete", apps::delete);
    handlers.put("Machines_create", new CreateMachine(cloud, faults));
    handlers.put("Machines_show", this::machine);
    handlers.put("Machines_wait", new WaitForState(cloud, lookup));
    handlers.put("Machines_list_events", this::events);
    ListMachines lists = new ListMachines(cloud, lookup);
    handlers.put("Machines_list", lists::ofApp);
    handlers.put("Machines_org_list", lists::ofOrganisation);
    Lifecycle lifecycle = new Lifecycle(cloud, lookup);
    handlers.put("Machines_update", lifecycle::update);
    handlers.put("Machines_delete", lifecycle::delete);
    handlers.put("Machines_start", lifecycle::start);
    handlers.put("Machines_stop", lifecycle::stop);
    handlers.put("Machines_restart", lifecycle::restart);
    handlers.put("Machines_signal", lifecycle::signal);
    handlers.put("Machines_suspend", lifecycle::suspend);
    handlers.put("Machines_cordon", call -> lifecycle.cordon(call, true));
    handlers.put("Machines_uncordon", call -> lifecycle.cordon(call, false));
    Leases leases = new Leases(cloud, lookup);
    handlers.put("Machines_show_lease", leases::show);
    handlers.put("Machines_create_lease", leases::create);
    handlers.put("Machines_release_lease", leases::release);
    Metadata metadata = new Metadata(cloud, lookup);
    handlers.put("Machines_show_metadata", metadata::show);
    handlers.put("Machines_update_metadata", metadata::update);
    handlers.put("Machines_get_metadata_key", metadata::get);
    handlers.put("Machines_upsert_metadata", metadata::put);
    handlers.put("Machines_delete_metadata", metadata::delete);
    handlers.put("Platform_regions_get", call -> regions());
    handlers.put("CurrentToken_show", call -> token());
  }

  /** Serves a call, alone. */
  Answer serve(Call call) throws FlyError {
    Handler handler = handlers.get(call.operation());
    if (handler == null) {
      throw FlyError.of(404, call.operation() + " is not simulated");
    }
    cloud.lock();
    try {
      cloud.settle();
      return handler.handle(call);
    } finally {
      cloud.unlock();
    }
  }

  private Answer machine(Call call) throws FlyError {
    return Answer.ok(lookup.full(lookup.machine(call)));
  }

  private Answer events(Call call) throws FlyError {
    String limit = call.query().first("limit").orElse("20");
    int events = limit.matches("\\d{1,6}") ? Integer.parseInt(limit) : 20;
    return Answer.ok(View.events(lookup.machine(call), Math.min(events, MOST_EVENTS)));
  }

  private static Answer regions() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("nearest", "fra");
    ArrayNode regions = answer.putArray("regions");
    Regions.NAMES.forEach(
        (code, name) ->
            regions
                .addObject()
                .put("code", code)
                .put("name", name)
                .put("gateway_available", true)
                .put("requires_paid_plan", false)
                .put("deprecated", false));
    return Answer.ok(answer);
  }

  private static Answer token() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putArray("tokens")
        .addObject()
        .put("org_slug", "personal")
        .put("organization", "personal")
        .put("token_id", "simulated");
    return Answer.ok(answer);
  }
}
