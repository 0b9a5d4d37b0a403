package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.fly.FlyMachine.Lease;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Finding the machine that a call is about, and whether the call may change it. */
final class MachineLookup {
  private final Cloud cloud;

  MachineLookup(Cloud cloud) {
    this.cloud = cloud;
  }

  /** The machine, destroyed ones too. */
  FlyMachine machine(Call call) throws FlyError {
    FlyMachine machine = cloud.get(call.machine());
    if (machine == null || !machine.app.equals(call.app()) || machine.visibleMs > cloud.now()) {
      throw FlyError.recorded("machine_not_found");
    }
    return machine;
  }

  /** The machine, if no lease keeps the call from changing it. */
  FlyMachine changeable(Call call) throws FlyError {
    FlyMachine machine = machine(call);
    Optional<Lease> lease = lease(machine);
    if (lease.isPresent() && !lease.get().nonce().equals(call.nonce())) {
      throw held(machine, lease.get());
    }
    return machine;
  }

  /** The machine, once no lease keeps the call from ending it: Fly lets such calls wait. */
  FlyMachine endable(Call call) throws FlyError {
    FlyMachine machine = machine(call);
    while (lease(machine).filter(lease -> !lease.nonce().equals(call.nonce())).isPresent()
        && !Thread.currentThread().isInterrupted()) {
      cloud.pause();
    }
    return machine(call);
  }

  /** The lease that is held now. */
  Optional<Lease> lease(FlyMachine machine) {
    return Optional.ofNullable(machine.lease).filter(l -> l.expiresAtMs() > cloud.now());
  }

  static FlyError held(FlyMachine machine, Lease lease) {
    Instant until = Instant.ofEpochMilli(lease.expiresAtMs()).truncatedTo(ChronoUnit.SECONDS);
    return FlyError.recorded(
        "lease_held",
        "2879325b42d318",
        machine.id,
        "9af60c27-ee17-55df-bb0a-4f369e59839a@tokens.fly.io",
        lease.owner(),
        "2026-05-14T10:41:08Z",
        until.toString());
  }

  /** The machines that lists show. */
  List<FlyMachine> visible(String app) {
    return cloud.all().stream()
        .filter(machine -> machine.app.equals(app) && machine.visibleMs <= cloud.now())
        .toList();
  }

  /** The body of a machine. */
  ObjectNode full(FlyMachine machine) {
    return View.full(machine, cloud.options);
  }
}
