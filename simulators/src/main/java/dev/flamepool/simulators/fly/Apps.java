package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The apps, which machines belong to. */
final class Apps {
  private final Cloud cloud;
  private final Store store;
  private final Map<String, Store.App> apps;

  Apps(Cloud cloud, Store store) throws IOException {
    this.cloud = cloud;
    this.store = store;
    apps = store.loadApps();
    for (String name : cloud.options.apps()) {
      apps.putIfAbsent(name, new Store.App(name, "personal", cloud.now()));
    }
    store.saveApps(apps);
  }

  boolean has(String name) {
    cloud.lock();
    try {
      return apps.containsKey(name);
    } finally {
      cloud.unlock();
    }
  }

  Answer list(Call call) {
    String org = call.query().first("org_slug").orElse("");
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    apps.values().stream().filter(app -> app.org().equals(org)).forEach(app -> list.add(view(app)));
    answer.put("total_apps", list.size());
    return Answer.ok(answer.set("apps", list));
  }

  Answer create(Call call) throws FlyError {
    ObjectNode body = call.object();
    String name = body.path("name").asText(body.path("app_name").asText());
    if (!name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
      throw FlyError.of(400, "invalid_argument: app name " + name + " must be a DNS label");
    }
    if (apps.containsKey(name) || cloud.options.foreignApps().contains(name)) {
      throw FlyError.recorded("app_name_taken");
    }
    Store.App app = new Store.App(name, body.path("org_slug").asText("personal"), cloud.now());
    apps.put(name, app);
    store.saveApps(apps);
    return new Answer(201, view(app));
  }

  Answer show(Call call) throws FlyError {
    return Answer.ok(
        view(
            Optional.ofNullable(apps.get(call.app()))
                .orElseThrow(() -> FlyError.recorded("app_not_found"))));
  }

  Answer delete(Call call) {
    for (FlyMachine machine : cloud.all()) {
      if (machine.app.equals(call.app())) {
        cloud.destroy(machine, "user");
      }
    }
    apps.remove(call.app());
    store.saveApps(apps);
    return new Answer(202, null);
  }

  private ObjectNode view(Store.App app) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.put("id", app.name()).put("name", app.name()).put("network", "default");
    view.put("status", "deployed").put("volume_count", 0);
    view.put(
        "machine_count",
        cloud.all().stream().filter(m -> m.app.equals(app.name()) && !m.isDestroyed()).count());
    view.putObject("organization").put("slug", app.org()).put("name", app.org());
    return view;
  }
}
