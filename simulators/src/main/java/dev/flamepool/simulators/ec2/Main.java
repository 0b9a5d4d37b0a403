package dev.flamepool.simulators.ec2;

import static dev.flamepool.simulators.SimulatorCommand.number;
import static dev.flamepool.simulators.SimulatorCommand.pair;

import dev.flamepool.simulators.SimulatorCommand;
import dev.flamepool.simulators.ec2.Ec2Options.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The EC2 simulator as a process; {@code docs/simulators.md} has its options. Prints one line when
 * it is ready. SIGTERM ends it and its instances; after {@code kill -9} its instances live on, and
 * the next one with the same {@code --state-dir} has them.
 */
public final class Main {
  private static final String USAGE =
      """
      --port N               on 127.0.0.1; 0, the default, takes a free one
      --state-dir DIR        where everything is kept; needed
      --region NAME          eu-central-1 unless given
      --access-key ID        an access key that is taken; may be repeated; without, any is
      --subnet ID=ZONE       a subnet; may be repeated; without, any exists
      --image ID=ARCH        an image; may be repeated; without, any exists
      --group ID             a security group; may be repeated; without, any exists
      --profile NAME         an instance profile; may be repeated; without, any exists
      --parameter NAME=VALUE a parameter of SSM; may be repeated
      --bucket NAME          a bucket; its objects are the files of DIR/buckets/NAME
      --host IMAGE,TYPE,SUBNET,PROFILE,GROUP[,GROUP..]
                             what /latest/ tells of the operator's own instance
      --pending MILLIS       how long instances are pending; 0 unless given, EC2 takes seconds
      --visible-after MILLIS how long no call knows a new instance; 0 unless given
      --vcpus N              the quota of on-demand instances
      --no-rate-limits       do not refuse requests above EC2's limits
      """;

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws InterruptedException {
    Ec2Options options = new Ec2Options();
    new SimulatorCommand("the EC2 simulator", USAGE)
        .flag("--no-rate-limits", () -> options.rateLimits(false))
        .option("--port", port -> options.port(number("--port", port)))
        .needed("--state-dir", folder -> options.stateDir(Path.of(folder)))
        .option("--region", options::region)
        .option("--access-key", options::accessKey)
        .option("--subnet", value -> named("--subnet", value, options::subnet))
        .option("--image", value -> named("--image", value, options::image))
        .option("--group", options::securityGroup)
        .option("--profile", options::instanceProfile)
        .option("--parameter", value -> named("--parameter", value, options::parameter))
        .option("--bucket", options::bucket)
        .option("--host", value -> options.host(host(value)))
        .option("--pending", millis -> options.pendingTime(millis("--pending", millis)))
        .option(
            "--visible-after", millis -> options.visibleAfter(millis("--visible-after", millis)))
        .option("--vcpus", vcpus -> options.vcpuQuota(number("--vcpus", vcpus)))
        .run(
            args,
            () -> {
              Ec2Simulator simulator = Ec2Simulator.start(options);
              return new SimulatorCommand.Running(simulator.uri(), simulator::close);
            });
  }

  private static void named(String option, String value, BiConsumer<String, String> given) {
    String[] pair = pair(option, value);
    given.accept(pair[0], pair[1]);
  }

  private static Duration millis(String option, String value) {
    return Duration.ofMillis(number(option, value));
  }

  private static Host host(String value) {
    List<String> parts = Arrays.asList(value.split(",", -1));
    if (parts.size() < 5) {
      throw new IllegalArgumentException("--host is '" + value + "', which has too few parts");
    }
    return new Host(
        parts.get(0), parts.get(1), parts.get(2), parts.subList(4, parts.size()), parts.get(3));
  }
}
