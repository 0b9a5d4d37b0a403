package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.machine.MachineRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an EC2 simulator is to be. Without options any access key, image, subnet, group, key pair and
 * profile of a right form is taken; once one of a kind is given, only those given exist. It keeps
 * EC2's limits of rate and launches instances at once. Not thread-safe; not to be changed once a
 * simulator has started with it.
 */
public final class Ec2Options {
  /**
   * A subnet.
   *
   * @param zone such as {@code eu-central-1a}
   * @param publicAddresses whether instances get a public address unless they say no
   * @param addresses how many instances have room
   */
  public record Subnet(
      String id, String zone, String vpc, boolean publicAddresses, int addresses) {}

  /**
   * An image.
   *
   * @param architecture {@code x86_64} or {@code arm64}
   * @param devices its volumes, the root's first
   */
  public record Image(String id, String architecture, List<Device> devices) {
    /** Copies what it is given. */
    public Image {
      devices = List.copyOf(devices);
    }

    /** An image with a root volume that goes with its instance. */
    public Image(String id, String architecture) {
      this(id, architecture, List.of(new Device("/dev/xvda", true)));
    }
  }

  /**
   * A volume of an image.
   *
   * @param deleteOnTermination whether it goes with its instance
   */
  public record Device(String name, boolean deleteOnTermination) {}

  /**
   * The instance that the operator runs on, for auto-configure: what {@code /latest/} tells.
   *
   * @param profile name of its instance profile; empty for none
   */
  public record Host(
      String image, String type, String subnet, List<String> groups, String profile) {
    /** Copies what it is given. */
    public Host {
      groups = List.copyOf(groups);
    }
  }

  /**
   * A launch template; its versions count from 1, the first is the default.
   *
   * @param versions parameters as RunInstances has them on the wire, such as {@code ImageId} and
   *     {@code SecurityGroupId.1}
   */
  public record LaunchTemplate(String id, String name, List<Map<String, String>> versions) {
    /** Copies what it is given. */
    public LaunchTemplate {
      versions = List.copyOf(versions);
    }
  }

  private int port;
  private @Nullable Path stateDir;
  private Clock clock = Clock.systemUTC();
  private @Nullable MachineRuntime runtime;
  private String region = "eu-central-1";
  private @Nullable Host host;
  private final Set<String> accessKeys = new LinkedHashSet<>();
  private final Map<String, Subnet> subnets = new LinkedHashMap<>();
  private final Map<String, Image> images = new LinkedHashMap<>();
  private final Set<String> groups = new LinkedHashSet<>();
  private final Set<String> keyPairs = new LinkedHashSet<>();
  private final Set<String> profiles = new LinkedHashSet<>();
  private final List<LaunchTemplate> templates = new ArrayList<>();
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private final Set<String> buckets = new LinkedHashSet<>();
  private final Set<String> notOffered = new LinkedHashSet<>();
  private int vcpuQuota = Integer.MAX_VALUE;
  private int spotQuota = Integer.MAX_VALUE;
  private Duration pendingTime = Duration.ZERO;
  private Duration visibleAfter = Duration.ZERO;
  private Duration shutdownLimit = Duration.ofSeconds(60);
  private Duration forgetAfter = Duration.ofHours(1);
  private Duration tokensLast = Duration.ofHours(24);
  private Duration consoleLag = Duration.ZERO;
  private boolean rateLimits = true;

  /** The port on 127.0.0.1; 0, the default, takes a free one. */
  public Ec2Options port(int value) {
    port = value;
    return this;
  }

  /** Where everything is kept; a temporary folder that goes with the simulator unless given. */
  public Ec2Options stateDir(Path value) {
    stateDir = value;
    return this;
  }

  /** What all delays, limits of rate and times go by; the system's unless given. */
  public Ec2Options clock(Clock value) {
    clock = value;
    return this;
  }

  /** What runs the instances; processes of this host unless given. The simulator closes it. */
  public Ec2Options runtime(MachineRuntime value) {
    runtime = value;
    return this;
  }

  /** The region, {@code eu-central-1} unless given; signatures must be made for it. */
  public Ec2Options region(String value) {
    region = value;
    return this;
  }

  /** The operator's own instance; unless given there is none, and {@code /latest/} answers 404. */
  public Ec2Options host(Host value) {
    host = value;
    return this;
  }

  /** An access key that is taken. */
  public Ec2Options accessKey(String id) {
    accessKeys.add(id);
    return this;
  }

  /** A subnet. */
  public Ec2Options subnet(Subnet subnet) {
    subnets.put(subnet.id(), subnet);
    return this;
  }

  /** A subnet of VPC {@code vpc-0a} without public addresses, with room for 250 instances. */
  public Ec2Options subnet(String id, String zone) {
    return subnet(new Subnet(id, zone, "vpc-0a", false, 250));
  }

  /** An image. */
  public Ec2Options image(String id, String architecture) {
    return image(new Image(id, architecture));
  }

  /** An image. */
  public Ec2Options image(Image image) {
    images.put(image.id(), image);
    return this;
  }

  /** A security group. */
  public Ec2Options securityGroup(String id) {
    groups.add(id);
    return this;
  }

  /** A key pair. */
  public Ec2Options keyPair(String name) {
    keyPairs.add(name);
    return this;
  }

  /** An instance profile, by its name. */
  public Ec2Options instanceProfile(String name) {
    profiles.add(name);
    return this;
  }

  /** A launch template. */
  public Ec2Options launchTemplate(LaunchTemplate template) {
    templates.add(template);
    return this;
  }

  /** A parameter of SSM. */
  public Ec2Options parameter(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  /** A bucket, created if it is not there; its objects are the files of its folder. */
  public Ec2Options bucket(String name) {
    buckets.add(name);
    return this;
  }

  /** A zone does not offer a type: launches are refused as {@code Unsupported}. */
  public Ec2Options notOffered(String type, String zone) {
    notOffered.add(type + " " + zone);
    return this;
  }

  /** The vCPUs of on-demand instances; no limit unless given. */
  public Ec2Options vcpuQuota(int vcpus) {
    vcpuQuota = vcpus;
    return this;
  }

  /** The vCPUs of spot instances; no limit unless given. */
  public Ec2Options spotQuota(int vcpus) {
    spotQuota = vcpus;
    return this;
  }

  /** How long an instance is {@code pending} before its process starts; zero unless given. */
  public Ec2Options pendingTime(Duration value) {
    pendingTime = value;
    return this;
  }

  /** How long no call but RunInstances knows a new instance; zero unless given. */
  public Ec2Options visibleAfter(Duration value) {
    visibleAfter = value;
    return this;
  }

  /** How long an instance may take to shut down before it is killed; 60 s unless given. */
  public Ec2Options shutdownLimit(Duration value) {
    shutdownLimit = value;
    return this;
  }

  /** How long a terminated instance can be described; 1 h unless given. */
  public Ec2Options forgetAfter(Duration value) {
    forgetAfter = value;
    return this;
  }

  /** How long after the end of its instance a client token is known; 24 h unless given. */
  public Ec2Options tokensLast(Duration value) {
    tokensLast = value;
    return this;
  }

  /**
   * How long after its end the console of an instance is shown, and the newest of it only while it
   * runs; zero, the default, shows it at any time.
   */
  public Ec2Options consoleLag(Duration value) {
    consoleLag = value;
    return this;
  }

  /** Whether requests above EC2's limits of rate are refused. */
  public Ec2Options rateLimits(boolean value) {
    rateLimits = value;
    return this;
  }

  int port() {
    return port;
  }

  @Nullable Path stateDir() {
    return stateDir;
  }

  Clock clock() {
    return clock;
  }

  @Nullable MachineRuntime runtime() {
    return runtime;
  }

  String region() {
    return region;
  }

  @Nullable Host host() {
    return host;
  }

  Set<String> accessKeys() {
    return accessKeys;
  }

  Map<String, Subnet> subnets() {
    return subnets;
  }

  Map<String, Image> images() {
    return images;
  }

  Set<String> groups() {
    return groups;
  }

  Set<String> keyPairs() {
    return keyPairs;
  }

  Set<String> profiles() {
    return profiles;
  }

  List<LaunchTemplate> templates() {
    return templates;
  }

  Map<String, String> parameters() {
    return parameters;
  }

  Set<String> buckets() {
    return buckets;
  }

  boolean offers(String type, String zone) {
    return !notOffered.contains(type + " " + zone);
  }

  int vcpuQuota() {
    return vcpuQuota;
  }

  int spotQuota() {
    return spotQuota;
  }

  Duration pendingTime() {
    return pendingTime;
  }

  Duration visibleAfter() {
    return visibleAfter;
  }

  Duration shutdownLimit() {
    return shutdownLimit;
  }

  Duration forgetAfter() {
    return forgetAfter;
  }

  Duration tokensLast() {
    return tokensLast;
  }

  Duration consoleLag() {
    return consoleLag;
  }

  boolean rateLimits() {
    return rateLimits;
  }
}
