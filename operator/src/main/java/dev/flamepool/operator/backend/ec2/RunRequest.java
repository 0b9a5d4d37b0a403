package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.api.Ec2Backend.Reach;
import dev.flamepool.operator.backend.MachineKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceInterruptionBehavior;
import software.amazon.awssdk.services.ec2.model.InstanceMarketOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.ec2.model.SpotMarketOptions;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The request that makes an instance: a pure function of what is stored of an attempt. */
final class RunRequest {
  private RunRequest() {}

  /**
   * Composes it.
   *
   * @param port on which the runner will listen
   * @param userData in base64
   */
  static RunInstancesRequest of(
      MachineKey key, Ec2Backend ec2, Offering offering, Plan plan, int port, String userData) {
    RunInstancesRequest.Builder request =
        RunInstancesRequest.builder()
            .minCount(1)
            .maxCount(1)
            .clientToken(Ownership.token(key, offering))
            .instanceType(plan.instanceType().isEmpty() ? null : plan.instanceType())
            .keyName(plan.keyName())
            .iamInstanceProfile(profile(plan))
            .userData(userData)
            .instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE)
            .metadataOptions(
                (plan.metadata() == null ? MetadataService.STRICT : plan.metadata()).options())
            .tagSpecifications(tags(Ownership.tags(key, port, Ec2Options.tags(ec2)), plan.spot()));
    if (plan.instanceGroups()) {
      request.subnetId(plan.subnetId()).securityGroupIds(plan.securityGroupIds());
    } else {
      request.networkInterfaces(network(ec2, plan));
    }
    if (plan.launchTemplateId() != null) {
      request.disableApiTermination(false); // else the operator could not end it
      request.launchTemplate(
          LaunchTemplateSpecification.builder()
              .launchTemplateId(plan.launchTemplateId())
              .version(plan.launchTemplateVersion())
              .build());
    } else {
      request.imageId(plan.imageId());
    }
    List<Volume> volumes = volumes(ec2, plan);
    if (!volumes.isEmpty()) {
      request.blockDeviceMappings(volumes.stream().map(Volume::mapping).toList());
    }
    if (plan.spot()) {
      request.instanceMarketOptions(
          InstanceMarketOptionsRequest.builder()
              .marketType(MarketType.SPOT)
              .spotOptions(
                  SpotMarketOptions.builder()
                      .spotInstanceType(SpotInstanceType.ONE_TIME)
                      .instanceInterruptionBehavior(InstanceInterruptionBehavior.TERMINATE)
                      .build())
              .build());
    }
    return request.build();
  }

  /** A private runner's subnet decides about a public address, which is a way to S3 as well. */
  private static InstanceNetworkInterfaceSpecification network(Ec2Backend ec2, Plan plan) {
    return InstanceNetworkInterfaceSpecification.builder()
        .deviceIndex(0)
        .subnetId(plan.subnetId())
        .groups(plan.securityGroupIds())
        .deleteOnTermination(true)
        .associatePublicIpAddress(ec2.reach() == Reach.PUBLIC ? Boolean.TRUE : null)
        .build();
  }

  private static @org.jspecify.annotations.Nullable IamInstanceProfileSpecification profile(
      Plan plan) {
    String profile = plan.iamInstanceProfile();
    if (profile == null) {
      return null;
    }
    IamInstanceProfileSpecification.Builder builder = IamInstanceProfileSpecification.builder();
    return (profile.startsWith("arn:") ? builder.arn(profile) : builder.name(profile)).build();
  }

  private static List<Volume> volumes(Ec2Backend ec2, Plan plan) {
    if (plan.volumes() != null) {
      return plan.volumes();
    }
    return Volume.asked(plan.rootDevice(), ec2.rootVolume(), List.of(), List.of());
  }

  private static List<TagSpecification> tags(Map<String, String> tags, boolean spot) {
    List<ResourceType> resources =
        new ArrayList<>(
            List.of(ResourceType.INSTANCE, ResourceType.VOLUME, ResourceType.NETWORK_INTERFACE));
    if (spot) {
      resources.add(ResourceType.SPOT_INSTANCES_REQUEST);
    }
    List<Tag> all =
        tags.entrySet().stream()
            .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
            .toList();
    return resources.stream()
        .map(resource -> TagSpecification.builder().resourceType(resource).tags(all).build())
        .toList();
  }
}
