package dev.flamepool.operator.backend.ec2;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceMetadataOptions;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;

/**
 * A version of a launch template, as far as what a pool asks for must fit it. EC2 takes each
 * parameter from the request or, if it is not there, from the template, lists and structures as a
 * whole; some parameters of the two exclude each other.
 *
 * @param version its number; the word that was given where it could not be read
 * @param data what it says; empty where it could not be read
 */
record Template(String version, Optional<ResponseLaunchTemplateData> data) {
  static Template of(LaunchTemplateVersion read) {
    return new Template(
        String.valueOf(read.versionNumber()), Optional.ofNullable(read.launchTemplateData()));
  }

  /** One that the credentials may not read: EC2 itself judges what is asked for. */
  static Template unread(String version) {
    return new Template(version, Optional.empty());
  }

  /** The AMI. */
  Optional<String> image() {
    return data.map(ResponseLaunchTemplateData::imageId);
  }

  /** The instance type. */
  Optional<String> type() {
    return data.map(ResponseLaunchTemplateData::instanceTypeAsString);
  }

  /** Whether it has an instance profile. */
  boolean hasProfile() {
    return data.map(ResponseLaunchTemplateData::iamInstanceProfile).isPresent();
  }

  /** Its security groups, of the instance or of its first interface. */
  List<String> groups() {
    return Stream.concat(
            instanceGroups().stream(), firstInterface().stream().flatMap(i -> i.groups().stream()))
        .toList();
  }

  /** The subnet of its first interface. */
  Optional<String> subnet() {
    return firstInterface().map(LaunchTemplateInstanceNetworkInterfaceSpecification::subnetId);
  }

  /**
   * Whether subnet and security groups must be the instance's and not an interface's: EC2 takes
   * only one of the two, and those of the template cannot be taken back.
   */
  boolean hasInstanceGroups() {
    return !instanceGroups().isEmpty();
  }

  /** What it says of volumes. */
  List<LaunchTemplateBlockDeviceMapping> volumes() {
    return data.map(ResponseLaunchTemplateData::blockDeviceMappings).orElse(List.of());
  }

  /** What it says of the metadata. */
  Optional<LaunchTemplateInstanceMetadataOptions> metadata() {
    return data.map(ResponseLaunchTemplateData::metadataOptions);
  }

  /**
   * What no request can be made with.
   *
   * @param publicAddress whether an interface with a public address is wanted
   */
  Optional<String> problem(String id, boolean publicAddress) {
    if (data.isEmpty()) {
      return Optional.empty();
    }
    ResponseLaunchTemplateData it = data.get();
    if (it.instanceMarketOptions() != null) {
      return problem(
          id,
          "InstanceMarketOptions, which no request takes back",
          "give spot: true in the pool and none there");
    }
    if (it.instanceRequirements() != null) {
      return problem(
          id,
          "InstanceRequirements, from which EC2 chooses no type for a single instance",
          "give instanceTypes in the pool and none there");
    }
    if (!it.securityGroups().isEmpty()) {
      return problem(
          id,
          "SecurityGroups by name, which EC2 refuses beside a subnet",
          "give SecurityGroupIds there, or none");
    }
    if (hasInstanceGroups() && !it.networkInterfaces().isEmpty()) {
      return problem(id, "both SecurityGroupIds and NetworkInterfaces", "EC2 takes one of the two");
    }
    if (hasInstanceGroups() && publicAddress) {
      return problem(
          id,
          "SecurityGroupIds, and reach: public needs a network interface of its own",
          "give none there, or a subnet that gives public addresses and reach: private");
    }
    return Optional.empty();
  }

  private Optional<String> problem(String id, String what, String remedy) {
    return Optional.of(
        "ec2.launchTemplateId: version %s of %s gives %s; %s".formatted(version, id, what, remedy));
  }

  private List<String> instanceGroups() {
    return data.map(ResponseLaunchTemplateData::securityGroupIds).orElse(List.of());
  }

  private Optional<LaunchTemplateInstanceNetworkInterfaceSpecification> firstInterface() {
    return data.flatMap(it -> it.networkInterfaces().stream().findFirst());
  }
}
