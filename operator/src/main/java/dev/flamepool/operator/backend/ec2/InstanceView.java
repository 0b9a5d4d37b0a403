package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.api.Ec2Backend.Reach;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What EC2 says of an instance in the operator's words. Pure. EC2 knows no exit codes. */
final class InstanceView {
  /** How an instance ends when its runner ended, or the operator ended it. */
  private static final Set<String> IN_ORDER =
      Set.of("", "Client.InstanceInitiatedShutdown", "Client.UserInitiatedShutdown");

  private static final Set<String> SPOT =
      Set.of(
          "Server.SpotInstanceTermination",
          "Server.SpotInstanceShutdown",
          "Client.SpotInstanceTermination");

  private InstanceView() {}

  /**
   * The operator's view.
   *
   * @param own whether AWS itself said it, and not another endpoint: then its words may be passed
   *     on
   */
  static Machine of(MachineKey key, Instance instance, Ec2Backend ec2, boolean own) {
    State state = state(instance.state());
    boolean failed = state == State.ENDED && !IN_ORDER.contains(instance.reason());
    return new Machine(
        key,
        instance.id(),
        state == State.RUNNING ? address(instance, ec2) : Optional.empty(),
        state,
        OptionalInt.empty(),
        failed && SPOT.contains(instance.reason()) ? "SpotInterrupted" : "",
        failed ? List.of(words(instance, own)) : List.of());
  }

  /** An instance that is said to have ended, and of which no more is known. */
  static Machine ended(MachineKey key, String id) {
    return new Machine(key, id, Optional.empty(), State.ENDED, OptionalInt.empty(), "", List.of());
  }

  /** A stopped instance is none of ours to start: it is ended, and must be deleted. */
  private static State state(String word) {
    return switch (word) {
      case "pending" -> State.STARTING;
      case "stopping", "shutting-down" -> State.STOPPING;
      case "stopped", "terminated" -> State.ENDED;
      default -> State.RUNNING;
    };
  }

  private static Optional<String> address(Instance instance, Ec2Backend ec2) {
    int port = Ownership.MARKS.port(instance.tags());
    String ip = ec2.reach() == Reach.PUBLIC ? instance.publicIp() : instance.privateIp();
    if (ip.isEmpty()) {
      ip = instance.ipv6();
    }
    if (port == 0 || ip.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of((ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port);
  }

  private static String words(Instance instance, boolean own) {
    return own
        ? "EC2 ended instance %s: %s (%s)"
            .formatted(instance.id(), instance.words(), instance.reason())
        : "instance %s ended and was not told to".formatted(instance.id());
  }
}
