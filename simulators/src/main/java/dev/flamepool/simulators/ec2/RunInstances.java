package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.ec2.Ec2Options.Subnet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** RunInstances: the client token first, then what is asked for, then whether there is room. */
final class RunInstances {
  private final Cloud cloud;
  private final Faults faults;
  private final LaunchRules rules;

  RunInstances(Cloud cloud, Faults faults, Catalogue catalogue) {
    this.cloud = cloud;
    this.faults = faults;
    this.rules = new LaunchRules(cloud, catalogue);
  }

  /** The instances of the request, be they of this one or of an earlier one with its token. */
  List<Instance> run(Params asked, @Nullable Effect effect) throws AwsError {
    String token = asked.get("ClientToken");
    if (!token.matches("\\p{ASCII}{0,64}")) {
      throw AwsError.of("InvalidParameterValue", "The client token has more than 64 characters");
    }
    String fingerprint = fingerprint(asked);
    if (!token.isEmpty()) {
      List<Instance> before =
          cloud.all().stream().filter(i -> i.token.equals(token)).collect(Collectors.toList());
      if (!before.isEmpty()) {
        return again(before, fingerprint);
      }
    }
    int count = asked.number("MaxCount", 0);
    int least = asked.number("MinCount", 0);
    if (least < 1 || count < least) {
      throw AwsError.of("InvalidParameterValue", "MinCount and MaxCount must be 1 or more");
    }
    List<Instance> wanted = new ArrayList<>();
    String reservation = Ids.of("r");
    for (int i = 0; i < count; i++) {
      Instance instance = rules.instance(asked);
      instance.reservation = reservation;
      instance.token = token;
      instance.fingerprint = fingerprint;
      wanted.add(instance);
    }
    int room = room(wanted, least);
    if (asked.is("DryRun")) {
      throw AwsError.of("DryRunOperation");
    }
    List<Instance> launched = wanted.subList(0, room);
    for (Instance instance : launched) {
      Duration hidden = cloud.options.visibleAfter();
      if (effect instanceof Effect.VisibleAfter later) {
        hidden = later.time();
      } else if (effect instanceof Effect.LaunchFails fails) {
        instance.failure = fails.reason();
      } else if (effect instanceof Effect.StuckPending) {
        instance.stuckPending = true;
      }
      instance.visibleMs = cloud.now() + hidden.toMillis();
      cloud.add(instance);
    }
    return launched;
  }

  private static List<Instance> again(List<Instance> before, String fingerprint) throws AwsError {
    if (!before.get(0).fingerprint.equals(fingerprint)) {
      throw AwsError.of("IdempotentParameterMismatch");
    }
    if (before.stream().allMatch(instance -> instance.isIn("terminated"))) {
      throw AwsError.of("IdempotentInstanceTerminated");
    }
    return before;
  }

  private static String fingerprint(Params asked) {
    Map<String, String> all = new TreeMap<>(asked.all());
    all.keySet().removeAll(List.of("Action", "Version", "ClientToken", "DryRun"));
    return Digests.sha256(all.toString().getBytes(UTF_8));
  }

  /** How many of the wanted can be had; at least that many, or a refusal. */
  private int room(List<Instance> wanted, int least) throws AwsError {
    Instance one = wanted.get(0);
    List<Instance> live =
        cloud.all().stream().filter(Instance::isLive).collect(Collectors.toList());
    int used =
        live.stream().filter(i -> i.spot == one.spot).mapToInt(instance -> instance.vcpus).sum();
    long byQuota = ((long) faults.quota(one.spot) - used) / one.vcpus;
    if (byQuota < least) {
      throw one.spot
          ? AwsError.of("MaxSpotInstanceCountExceeded")
          : AwsError.of(
              "VcpuLimitExceeded",
              "You have requested more vCPU capacity than your current vCPU limit of "
                  + faults.quota(false)
                  + " allows for the instance bucket that the specified instance type belongs to."
                  + " Please visit http://aws.amazon.com/contact-us/ec2-request to request an"
                  + " adjustment to this limit.");
    }
    Subnet subnet = cloud.options.subnets().get(one.subnet);
    long addresses = subnet == null ? Integer.MAX_VALUE : subnet.addresses();
    long free = addresses - live.stream().filter(i -> i.subnet.equals(one.subnet)).count();
    if (free < least) {
      throw AwsError.of(
          "InsufficientFreeAddressesInSubnet",
          "There are not enough free addresses in subnet '"
              + one.subnet
              + "' to satisfy the requested number of instances.");
    }
    long same =
        live.stream().filter(i -> i.type.equals(one.type) && i.zone.equals(one.zone)).count();
    long capacity = faults.capacity(one.type, one.zone) - same;
    if (capacity < least) {
      throw AwsError.of(
          "InsufficientInstanceCapacity",
          "We currently do not have sufficient "
              + one.type
              + " capacity in the Availability Zone you requested ("
              + one.zone
              + "). Our system will be working on provisioning additional capacity.");
    }
    return (int) Math.min(wanted.size(), Math.min(byQuota, Math.min(free, capacity)));
  }
}
