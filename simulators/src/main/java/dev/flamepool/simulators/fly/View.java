package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.FlyMachine.Quirk;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** Machines as Fly shows them. */
final class View {
  private View() {}

  /** As create, get and list show it. */
  static ObjectNode full(FlyMachine machine, FlyOptions options) {
    ObjectNode view = summary(machine, options);
    boolean reachable = !machine.is(Quirk.HOST_UNREACHABLE);
    if (reachable) {
      view.set("config", machine.config.deepCopy());
      view.putNull("incomplete_config");
    } else {
      view.putNull("config");
      ObjectNode left = view.putObject("incomplete_config");
      left.set("metadata", MachineConfig.metadata(machine).deepCopy());
      left.set("guest", machine.config.path("guest").deepCopy());
    }
    view.put("host_status", reachable ? "ok" : "unreachable");
    view.set("events", events(machine, Integer.MAX_VALUE));
    view.put("cordoned", machine.cordoned);
    return view.put("x_not_documented", "to be ignored");
  }

  /** Without config, checks, events, host status and nonce. */
  static ObjectNode summary(FlyMachine machine, FlyOptions options) {
    ObjectNode view = JsonNodeFactory.instance.objectNode();
    view.put("id", machine.id)
        .put("name", machine.name)
        .put("state", machine.state)
        .put("region", machine.region)
        .put("instance_id", machine.instanceId)
        .put("private_ip", options.privateIp(machine.address))
        .put("created_at", time(machine.createdMs))
        .put("updated_at", time(machine.updatedMs));
    view.set("image_ref", image(machine.config.path("image").asText()));
    return view;
  }

  static ArrayNode events(FlyMachine machine, int limit) {
    ArrayNode events = JsonNodeFactory.instance.arrayNode();
    machine.events.stream()
        .limit(limit)
        .forEach(
            event -> {
              ObjectNode view =
                  events
                      .addObject()
                      .put("id", event.id())
                      .put("type", event.type())
                      .put("status", event.status())
                      .put("source", event.source())
                      .put("timestamp", event.timestamp());
              if (event.request() != null) {
                view.set("request", event.request().deepCopy());
              }
            });
    return events;
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static ObjectNode image(String reference) {
    int at = reference.indexOf('@');
    String plain = at < 0 ? reference : reference.substring(0, at);
    int slash = plain.indexOf('/');
    boolean hasRegistry = slash > 0 && plain.substring(0, slash).matches(".*[.:].*|localhost");
    String registry = hasRegistry ? plain.substring(0, slash) : "docker-hub-mirror.fly.io";
    String rest = hasRegistry ? plain.substring(slash + 1) : plain;
    int colon = rest.lastIndexOf(':');
    ObjectNode image = JsonNodeFactory.instance.objectNode().put("registry", registry);
    image.put("repository", colon < 0 ? rest : rest.substring(0, colon));
    image.put("tag", colon < 0 ? "latest" : rest.substring(colon + 1));
    image.put("digest", at < 0 ? digest(reference) : reference.substring(at + 1));
    image.putObject("labels");
    return image;
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
