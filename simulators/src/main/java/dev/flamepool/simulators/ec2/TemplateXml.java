package dev.flamepool.simulators.ec2;

/** What a version of a launch template says, as an answer has it. */
final class TemplateXml {
  private static final String[] WORDS = {
    "ImageId",
    "InstanceType",
    "KeyName",
    "UserData",
    "InstanceInitiatedShutdownBehavior",
    "DisableApiTermination"
  };

  private TemplateXml() {}

  static void data(Xml xml, Params p) {
    for (String word : WORDS) {
      xml.putIfAny(answered(word), p.get(word));
    }
    structure(xml, p, "IamInstanceProfile");
    structure(xml, p, "MetadataOptions");
    if (p.hasAny("InstanceMarketOptions")) {
      xml.in(
          "instanceMarketOptions",
          market -> {
            market.putIfAny("marketType", p.get("InstanceMarketOptions.MarketType"));
            structure(market, p.in("InstanceMarketOptions"), "SpotOptions");
          });
    }
    if (p.hasAny("InstanceRequirements")) {
      xml.in(
          "instanceRequirements",
          requirements -> {
            structure(requirements, p.in("InstanceRequirements"), "VCpuCount");
            structure(requirements, p.in("InstanceRequirements"), "MemoryMiB");
          });
    }
    list(xml, p, "SecurityGroupId", "securityGroupIdSet");
    list(xml, p, "SecurityGroup", "securityGroupSet");
    if (p.hasAny("BlockDeviceMapping")) {
      xml.list(
          "blockDeviceMappingSet",
          p.structures("BlockDeviceMapping"),
          (item, one) -> {
            item.putIfAny("deviceName", one.get("DeviceName"))
                .putIfAny("virtualName", one.get("VirtualName"));
            if (one.has("NoDevice")) {
              item.put("noDevice", one.get("NoDevice"));
            }
            structure(item, one, "Ebs");
          });
    }
    if (p.hasAny("NetworkInterface")) {
      xml.list(
          "networkInterfaceSet",
          p.structures("NetworkInterface"),
          (item, one) ->
              item.putIfAny("deviceIndex", one.get("DeviceIndex"))
                  .putIfAny("subnetId", one.get("SubnetId"))
                  .putIfAny("associatePublicIpAddress", one.get("AssociatePublicIpAddress"))
                  .in(
                      "groupSet",
                      all ->
                          one.list("SecurityGroupId").forEach(group -> all.put("groupId", group))));
    }
  }

  private static void list(Xml xml, Params p, String name, String set) {
    if (!p.list(name).isEmpty()) {
      xml.in(set, all -> p.list(name).forEach(value -> all.put("item", value)));
    }
  }

  /** A structure of plain values. */
  private static void structure(Xml xml, Params p, String name) {
    if (p.hasAny(name)) {
      xml.in(
          answered(name),
          in -> p.in(name).all().forEach((word, value) -> in.put(answered(word), value)));
    }
  }

  private static String answered(String word) {
    return Character.toLowerCase(word.charAt(0)) + word.substring(1);
  }
}
