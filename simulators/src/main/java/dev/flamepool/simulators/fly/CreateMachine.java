package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import dev.flamepool.simulators.fly.FlyMachine.Lease;
import dev.flamepool.simulators.fly.FlyMachine.Quirk;
import org.jspecify.annotations.Nullable;

/** {@code POST /apps/{app}/machines}: names, images, regions with room, and what goes wrong. */
final class CreateMachine implements Call.Handler {
  private final Cloud cloud;
  private final Faults faults;

  CreateMachine(Cloud cloud, Faults faults) {
    this.cloud = cloud;
    this.faults = faults;
  }

  @Override
  public Answer handle(Call call) throws FlyError {
    JsonNode body = call.object();
    FlyMachine machine = new FlyMachine();
    machine.app = call.app();
    machine.config = MachineConfig.accepted(body.path("config"));
    String name = body.path("name").asText();
    machine.name = name.isEmpty() ? Ids.name() : name;
    refuseTaken(machine);
    String image = machine.config.path("image").asText();
    if (cloud.options.image(image) == null) {
      throw FlyError.recorded("manifest_unknown", "registry.fly.io/app@sha256:abc", image);
    }
    machine.region = place(body.path("region").asText());
    apply(call.effect(), machine);
    cloud.add(machine, !body.path("skip_launch").asBoolean());
    ObjectNode view = View.full(machine, cloud.options);
    if (body.path("lease_ttl").asInt() > 0) {
      lease(machine, body.path("lease_ttl").asInt());
      view.put("nonce", machine.lease == null ? "" : machine.lease.nonce());
    }
    return Answer.ok(view);
  }

  private void refuseTaken(FlyMachine machine) throws FlyError {
    for (FlyMachine other : cloud.all()) {
      if (other.app.equals(machine.app)
          && other.name.equals(machine.name)
          && !other.isDestroyed()) {
        throw FlyError.recorded(
            "name_conflict", "32876249a30918", other.id, "\"foo\"", "\"" + machine.name + "\"");
      }
    }
  }

  private String place(String regions) throws FlyError {
    for (String region : Regions.of(regions)) {
      long live =
          cloud.all().stream().filter(m -> m.region.equals(region) && !m.isDestroyed()).count();
      if (faults.hasRoom(region, live)) {
        return region;
      }
    }
    throw FlyError.recorded("insufficient_capacity");
  }

  private void apply(@Nullable Effect effect, FlyMachine machine) {
    if (effect instanceof Effect.StuckInCreated) {
      machine.quirks.add(Quirk.STUCK_CREATED);
    } else if (effect instanceof Effect.FailsToBoot) {
      machine.quirks.add(Quirk.FAILS_TO_BOOT);
    } else if (effect instanceof Effect.StuckInDestroying) {
      machine.quirks.add(Quirk.STUCK_DESTROYING);
    } else if (effect instanceof Effect.VisibleAfter later) {
      machine.visibleMs = cloud.now() + later.time().toMillis();
    }
  }

  private void lease(FlyMachine machine, int seconds) {
    machine.lease =
        new Lease(
            Ids.nonce(),
            cloud.now() + seconds * 1_000L,
            "simulator@tokens.fly.io",
            "",
            machine.instanceId);
    cloud.save(machine);
  }
}
