package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Catalogue.Version;
import java.util.List;
import java.util.function.Consumer;

/** Answers about what an account has beside instances; all on one page, ids but no filters. */
final class CatalogueXml {
  private final Catalogue catalogue;

  CatalogueXml(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  Consumer<Xml> content(String action, Params p) throws AwsError {
    if (p.hasAny("Filter") && action.startsWith("Describe")) {
      throw AwsError.of(
          "InvalidParameterValue", "The simulator knows no filters of " + action + ": give ids");
    }
    return switch (action) {
      case "DescribeSubnets" -> subnets(p);
      case "DescribeSecurityGroups" -> groups(p);
      case "DescribeImages" -> images(p);
      case "DescribeInstanceTypes" -> types(p);
      case "DescribeLaunchTemplates" -> templates(p);
      case "DescribeLaunchTemplateVersions" -> versions(p);
      default ->
          throw AwsError.of(
              "InvalidAction", "The action " + action + " is not valid for this web service.");
    };
  }

  private Consumer<Xml> subnets(Params p) throws AwsError {
    var subnets = catalogue.subnets(p.list("SubnetId"));
    return xml ->
        xml.list(
            "subnetSet",
            subnets,
            (item, subnet) ->
                item.put("subnetId", subnet.id())
                    .put("state", "available")
                    .put("vpcId", subnet.vpc())
                    .put("availabilityZone", subnet.zone())
                    .put("availableIpAddressCount", subnet.addresses())
                    .put("cidrBlock", "127.0.0.0/8")
                    .put("mapPublicIpOnLaunch", subnet.publicAddresses())
                    .put("ownerId", InstanceXml.ACCOUNT));
  }

  private Consumer<Xml> groups(Params p) throws AwsError {
    List<String> groups = catalogue.groups(p.list("GroupId"));
    return xml ->
        xml.list(
            "securityGroupInfo",
            groups,
            (item, group) ->
                item.put("groupId", group)
                    .put("groupName", "group " + group)
                    .put("groupDescription", "simulated")
                    .put("vpcId", "vpc-0a")
                    .put("ownerId", InstanceXml.ACCOUNT));
  }

  private Consumer<Xml> images(Params p) throws AwsError {
    var images = catalogue.images(p.list("ImageId"));
    return xml ->
        xml.list(
            "imagesSet",
            images,
            (item, image) ->
                item.put("imageId", image.id())
                    .put("imageState", "available")
                    .put("name", "simulated " + image.id())
                    .put("architecture", image.architecture())
                    .put("rootDeviceName", image.devices().get(0).name())
                    .put("rootDeviceType", "ebs")
                    .put("imageOwnerId", InstanceXml.ACCOUNT)
                    .list(
                        "blockDeviceMapping",
                        image.devices(),
                        (mapping, device) ->
                            mapping
                                .put("deviceName", device.name())
                                .in(
                                    "ebs",
                                    ebs ->
                                        ebs.put("deleteOnTermination", device.deleteOnTermination())
                                            .put("volumeSize", 8)
                                            .put("volumeType", "gp3")
                                            .put("encrypted", false))));
  }

  private Consumer<Xml> types(Params p) throws AwsError {
    List<InstanceType> types = catalogue.types(p.list("InstanceType"));
    return xml ->
        xml.list(
            "instanceTypeSet",
            types,
            (item, type) ->
                item.put("instanceType", type.name())
                    .put("currentGeneration", true)
                    .in(
                        "processorInfo",
                        cpu ->
                            cpu.in(
                                "supportedArchitectures", a -> a.put("item", type.architecture())))
                    .in("vCpuInfo", cpu -> cpu.put("defaultVCpus", type.vcpus()))
                    .in("memoryInfo", memory -> memory.put("sizeInMiB", type.memoryMiB()))
                    .put("hypervisor", type.nitro() ? "nitro" : "xen"));
  }

  private Consumer<Xml> templates(Params p) throws AwsError {
    var templates = catalogue.templates(p.list("LaunchTemplateId"));
    return xml ->
        xml.list(
            "launchTemplates",
            templates,
            (item, template) ->
                item.put("launchTemplateId", template.id())
                    .put("launchTemplateName", template.name())
                    .put("defaultVersionNumber", 1)
                    .put("latestVersionNumber", template.versions().size()));
  }

  private Consumer<Xml> versions(Params p) throws AwsError {
    List<Version> versions = catalogue.versions(p);
    return xml ->
        xml.list(
            "launchTemplateVersionSet",
            versions,
            (item, version) ->
                item.put("launchTemplateId", version.template().id())
                    .put("launchTemplateName", version.template().name())
                    .put("versionNumber", version.number())
                    .put("defaultVersion", version.number() == 1)
                    .in(
                        "launchTemplateData",
                        data -> TemplateXml.data(data, version.parameters())));
  }
}
