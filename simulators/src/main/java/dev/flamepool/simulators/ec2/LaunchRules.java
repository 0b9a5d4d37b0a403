package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Ec2Options.Image;
import dev.flamepool.simulators.ec2.Ec2Options.Subnet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What RunInstances may ask for; what it asks for as an instance, or EC2's refusal. */
final class LaunchRules {
  private static final int USER_DATA_LIMIT = 16_384;
  private static final Set<String> TAGGED =
      Set.of("instance", "volume", "network-interface", "spot-instances-request");

  private final Cloud cloud;
  private final Catalogue catalogue;

  LaunchRules(Cloud cloud, Catalogue catalogue) {
    this.cloud = cloud;
    this.catalogue = catalogue;
  }

  Instance instance(Params asked) throws AwsError {
    Params p = catalogue.withTemplate(asked);
    Instance instance = new Instance();
    image(instance, p.must("ImageId"));
    type(instance, p.has("InstanceType") ? p.get("InstanceType") : "m1.small");
    network(instance, p);
    if (!cloud.options.offers(instance.type, instance.zone)) {
      throw AwsError.of(
          "Unsupported",
          "Your requested instance type (%s) is not supported in your requested Availability Zone (%s)."
              .formatted(instance.type, instance.zone));
    }
    instance.keyName = p.get("KeyName");
    if (!instance.keyName.isEmpty()
        && !Catalogue.knows(cloud.options.keyPairs(), instance.keyName)) {
      throw AwsError.of(
          "InvalidKeyPair.NotFound", "The key pair '" + instance.keyName + "' does not exist");
    }
    profile(instance, p);
    userData(instance, p.get("UserData"));
    market(instance, p);
    tags(instance, p);
    metadata(instance, p.in("MetadataOptions"));
    instance.shutdownBehavior =
        oneOf(p, "InstanceInitiatedShutdownBehavior", "stop", Set.of("stop", "terminate"));
    instance.protectedFromTermination = p.is("DisableApiTermination");
    instance.volumes =
        Volumes.of(
            cloud.options.images().getOrDefault(instance.image, new Image(instance.image, "")),
            p.structures("BlockDeviceMapping"));
    for (Params device : p.structures("BlockDeviceMapping")) {
      instance.encrypted |= device.is("Ebs.Encrypted");
    }
    return instance;
  }

  private void image(Instance instance, String asked) throws AwsError {
    String id = asked;
    if (asked.startsWith("resolve:ssm:")) {
      id = cloud.options.parameters().getOrDefault(asked.substring("resolve:ssm:".length()), "");
      if (id.isEmpty()) {
        throw AwsError.of("InvalidParameterValue", "The parameter of " + asked + " is not there");
      }
    }
    if (!id.matches("ami-[0-9a-f]+")) {
      throw AwsError.of("InvalidAMIID.Malformed", "Invalid id: \"" + id + "\"");
    }
    Map<String, Image> images = cloud.options.images();
    if (!images.isEmpty() && !images.containsKey(id)) {
      throw AwsError.of("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
    }
    instance.image = id;
  }

  private void type(Instance instance, String name) throws AwsError {
    InstanceType type =
        InstanceType.of(name)
            .orElseThrow(
                () ->
                    AwsError.of(
                        "InvalidParameterValue", "Invalid value '" + name + "' for InstanceType."));
    instance.type = name;
    instance.vcpus = type.vcpus();
    instance.architecture = type.architecture();
    Image image = cloud.options.images().get(instance.image);
    if (image != null && !image.architecture().equals(type.architecture())) {
      throw AwsError.of(
          "InvalidParameterValue",
          ("The architecture '%s' of the specified instance type does not match the architecture"
                  + " '%s' of the specified AMI. Specify an instance type and an AMI that have"
                  + " matching architectures, and try again.")
              .formatted(type.architecture(), image.architecture()));
    }
  }

  private void network(Instance instance, Params p) throws AwsError {
    List<Params> interfaces = p.structures("NetworkInterface");
    String subnetId = p.get("SubnetId");
    List<String> groups = new ArrayList<>(p.list("SecurityGroupId"));
    String publicAddress = "";
    if (!interfaces.isEmpty()) {
      if (!subnetId.isEmpty() || !groups.isEmpty()) {
        throw AwsError.of(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level "
                + (subnetId.isEmpty() ? "security groups" : "subnet ID")
                + " may not be specified on the same request");
      }
      Params first = interfaces.get(0);
      if (!first.get("DeviceIndex").equals("0")) {
        throw AwsError.of("InvalidParameterValue", "A network interface with index 0 is missing");
      }
      subnetId = first.get("SubnetId");
      groups = new ArrayList<>(first.list("SecurityGroupId"));
      publicAddress = first.get("AssociatePublicIpAddress");
    }
    if (p.hasAny("SecurityGroup") && (!subnetId.isEmpty() || !interfaces.isEmpty())) {
      throw AwsError.of(
          "InvalidParameterCombination",
          "The parameter groupName cannot be used with the parameter subnet");
    }
    Subnet subnet = catalogue.subnet(subnetId);
    instance.subnet = subnet.id();
    instance.zone = subnet.zone();
    instance.vpc = subnet.vpc();
    instance.publicAddress =
        publicAddress.isEmpty() ? subnet.publicAddresses() : publicAddress.equals("true");
    for (String group : groups) {
      if (!group.matches("sg-[0-9a-z]+") || !Catalogue.knows(cloud.options.groups(), group)) {
        throw AwsError.of(
            "InvalidGroup.NotFound", "The security group '" + group + "' does not exist");
      }
    }
    instance.groups = groups.isEmpty() ? new ArrayList<>(List.of("sg-0de4a017")) : groups;
  }

  private void profile(Instance instance, Params p) throws AwsError {
    String name = p.get("IamInstanceProfile.Name");
    String arn = p.get("IamInstanceProfile.Arn");
    if (!name.isEmpty() && !arn.isEmpty()) {
      throw AwsError.of(
          "InvalidParameterCombination",
          "The parameter 'iamInstanceProfile.name' may not be used in combination with"
              + " 'iamInstanceProfile.arn'");
    }
    instance.profile = name.isEmpty() ? arn : name;
    String known = instance.profile.substring(instance.profile.lastIndexOf('/') + 1);
    boolean wellFormed =
        arn.isEmpty() || arn.matches("arn:aws[a-z-]*:iam::[0-9]*:instance-profile/.+");
    if (!known.isEmpty() && (!wellFormed || !Catalogue.knows(cloud.options.profiles(), known))) {
      throw AwsError.of(
          "InvalidParameterValue",
          "Value (%s) for parameter %s is invalid. Invalid IAM Instance Profile %s"
              .formatted(
                  instance.profile,
                  arn.isEmpty() ? "iamInstanceProfile.name" : "iamInstanceProfile.arn",
                  arn.isEmpty() ? "name" : "ARN"));
    }
  }

  private static void userData(Instance instance, String base64) throws AwsError {
    byte[] raw;
    try {
      raw = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw AwsError.of("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
    }
    if (raw.length > USER_DATA_LIMIT) {
      throw AwsError.of(
          "InvalidUserData.Malformed", "User data is limited to " + USER_DATA_LIMIT + " bytes");
    }
    instance.userData = base64;
  }

  private static void market(Instance instance, Params p) throws AwsError {
    if (!p.hasAny("InstanceMarketOptions")) {
      return;
    }
    Params market = p.in("InstanceMarketOptions");
    instance.spot = oneOf(market, "MarketType", "spot", Set.of("spot")).equals("spot");
    Params spot = market.in("SpotOptions");
    String kind = oneOf(spot, "SpotInstanceType", "one-time", Set.of("one-time", "persistent"));
    String then =
        oneOf(
            spot,
            "InstanceInterruptionBehavior",
            "terminate",
            Set.of("terminate", "stop", "hibernate"));
    if (kind.equals("one-time") && !then.equals("terminate")) {
      throw AwsError.of(
          "InvalidParameterCombination",
          "The interruption behavior " + then + " needs a persistent request");
    }
  }

  private static void tags(Instance instance, Params p) throws AwsError {
    for (Params specification : p.structures("TagSpecification")) {
      String kind = specification.get("ResourceType");
      if (!TAGGED.contains(kind) || (kind.startsWith("spot") && !instance.spot)) {
        throw AwsError.of(
            "InvalidParameterValue", "'" + kind + "' is not a valid taggable resource type");
      }
      Map<String, String> tags = specification.tags("Tag");
      check(tags, specification.structures("Tag").size());
      switch (kind) {
        case "instance" -> instance.tags.putAll(tags);
        case "volume" -> instance.volumeTags.putAll(tags);
        case "network-interface" -> instance.interfaceTags.putAll(tags);
        default -> {}
      }
    }
  }

  /** The rules for tags: 50, keys of 128 and values of 256 characters, none twice. */
  static void check(Map<String, String> tags, int given) throws AwsError {
    if (tags.size() > 50) {
      throw AwsError.of("TagLimitExceeded", "The maximum number of Tags has been reached: 50");
    }
    if (tags.size() < given) {
      throw AwsError.of("InvalidParameterValue", "Duplicate tag key specified.");
    }
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      if (tag.getKey().isEmpty()
          || tag.getKey().length() > 128
          || tag.getKey().startsWith("aws:")
          || tag.getValue().length() > 256) {
        throw AwsError.of(
            "InvalidParameterValue",
            "Tag key '" + tag.getKey() + "' or its value is too long, empty, or reserved");
      }
    }
  }

  private static void metadata(Instance instance, Params p) throws AwsError {
    instance.httpTokens = oneOf(p, "HttpTokens", "optional", Set.of("optional", "required"));
    instance.httpEndpoint = oneOf(p, "HttpEndpoint", "enabled", Set.of("enabled", "disabled"));
    instance.metadataTags =
        oneOf(p, "InstanceMetadataTags", "disabled", Set.of("enabled", "disabled"));
    instance.hopLimit = p.number("HttpPutResponseHopLimit", 1);
    if (instance.hopLimit < 1 || instance.hopLimit > 64) {
      throw AwsError.of("InvalidParameterValue", "The hop limit must be between 1 and 64");
    }
  }

  private static String oneOf(Params p, String name, String otherwise, Set<String> allowed)
      throws AwsError {
    String value = p.has(name) ? p.get(name) : otherwise;
    if (!allowed.contains(value)) {
      throw AwsError.of(
          "InvalidParameterValue",
          "Value (" + value + ") for parameter " + name + " is invalid: one of " + allowed);
    }
    return value;
  }
}
