package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Ec2Options.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

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
  public static void main(String[] args) throws IOException, InterruptedException {
    Ec2Options options = new Ec2Options();
    boolean placed = false;
    try {
      for (int i = 0; i < args.length; i++) {
        if (args[i].equals("--no-rate-limits")) {
          options.rateLimits(false);
        } else {
          String name = args[i++];
          placed |= name.equals("--state-dir");
          option(options, name, i < args.length ? args[i] : "");
        }
      }
      if (!placed) {
        throw new IllegalArgumentException("--state-dir is missing");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    Ec2Simulator simulator = Ec2Simulator.start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "close"));
    System.out.println("the EC2 simulator is ready at " + simulator.uri());
    new CountDownLatch(1).await();
  }

  private static void option(Ec2Options options, String name, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " lacks its value, or is no option");
    }
    switch (name) {
      case "--port" -> options.port(Integer.parseInt(value));
      case "--state-dir" -> options.stateDir(Path.of(value));
      case "--region" -> options.region(value);
      case "--access-key" -> options.accessKey(value);
      case "--subnet" -> options.subnet(pair(name, value)[0], pair(name, value)[1]);
      case "--image" -> options.image(pair(name, value)[0], pair(name, value)[1]);
      case "--group" -> options.securityGroup(value);
      case "--profile" -> options.instanceProfile(value);
      case "--parameter" -> options.parameter(pair(name, value)[0], pair(name, value)[1]);
      case "--bucket" -> options.bucket(value);
      case "--host" -> options.host(host(value));
      case "--pending" -> options.pendingTime(Duration.ofMillis(Long.parseLong(value)));
      case "--visible-after" -> options.visibleAfter(Duration.ofMillis(Long.parseLong(value)));
      case "--vcpus" -> options.vcpuQuota(Integer.parseInt(value));
      default -> throw new IllegalArgumentException(name + " is no option");
    }
  }

  private static String[] pair(String name, String value) {
    String[] pair = value.split("=", 2);
    if (pair.length < 2 || pair[1].isEmpty()) {
      throw new IllegalArgumentException(name + " " + value + " must be NAME=VALUE");
    }
    return pair;
  }

  private static Host host(String value) {
    List<String> parts = Arrays.asList(value.split(",", -1));
    if (parts.size() < 5) {
      throw new IllegalArgumentException("--host " + value + " has too few parts");
    }
    return new Host(
        parts.get(0), parts.get(1), parts.get(2), parts.subList(4, parts.size()), parts.get(3));
  }
}
