package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.Call.Answer;
import dev.flamepool.simulators.fly.FlyMachine.Lease;
import java.util.Optional;

/** Leases: who may change a machine for some seconds. */
final class Leases {
  private final Cloud cloud;
  private final MachineLookup lookup;

  Leases(Cloud cloud, MachineLookup lookup) {
    this.cloud = cloud;
    this.lookup = lookup;
  }

  Answer show(Call call) throws FlyError {
    Optional<Lease> lease = lookup.lease(lookup.machine(call));
    return Answer.ok(view(lease.orElseThrow(() -> FlyError.of(404, "lease not found"))));
  }

  /** Takes a lease, or takes it anew with its nonce. */
  Answer create(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    int asked = call.body().path("ttl").asInt();
    int seconds = asked > 0 ? asked : Integer.parseInt(call.query().first("ttl").orElse("30"));
    Optional<Lease> held = lookup.lease(machine);
    Lease lease =
        new Lease(
            held.map(Lease::nonce).orElseGet(Ids::nonce),
            cloud.now() + seconds * 1_000L,
            "simulator@tokens.fly.io",
            call.body().path("description").asText(),
            machine.instanceId);
    machine.lease = lease;
    cloud.save(machine);
    return new Answer(201, view(lease));
  }

  Answer release(Call call) throws FlyError {
    FlyMachine machine = lookup.changeable(call);
    machine.lease = null;
    cloud.save(machine);
    return Answer.done();
  }

  private static ObjectNode view(Lease lease) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("nonce", lease.nonce())
        .put("expires_at", lease.expiresAtMs() / 1_000)
        .put("owner", lease.owner())
        .put("description", lease.description())
        .put("version", lease.version());
  }
}
