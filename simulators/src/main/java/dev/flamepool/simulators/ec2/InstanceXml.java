package dev.flamepool.simulators.ec2;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Instances as EC2's answers have them. */
final class InstanceXml {
  static final String ACCOUNT = "123456789012";

  private InstanceXml() {}

  /** The content of a reservation. */
  static void reservation(Xml xml, List<Instance> instances) {
    xml.put("reservationId", instances.get(0).reservation)
        .put("ownerId", ACCOUNT)
        .put("groupSet", "")
        .list("instancesSet", instances, InstanceXml::instance);
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  static void state(Xml xml, String name, String state) {
    xml.in(name, s -> s.put("code", Instance.code(state)).put("name", state));
  }

  static void tags(Xml xml, Map<String, String> tags) {
    xml.list(
        "tagSet",
        tags.entrySet(),
        (item, tag) -> item.put("key", tag.getKey()).put("value", tag.getValue()));
  }

  /** Where the instance's address in the VPC is known by name. */
  static String dns(Instance instance) {
    return "ip-" + instance.address.replace('.', '-') + ".simulated.internal";
  }

  private static void instance(Xml xml, Instance i) {
    boolean gone = i.state.equals("terminated");
    xml.put("instanceId", i.id).put("imageId", i.image);
    state(xml, "instanceState", i.state);
    xml.put("privateDnsName", gone ? "" : dns(i))
        .put("dnsName", gone || !i.publicAddress ? "" : dns(i))
        .put("reason", i.transition)
        .putIfAny("keyName", i.keyName)
        .put("amiLaunchIndex", 0)
        .put("productCodes", "")
        .put("instanceType", i.type)
        .put("launchTime", time(i.launchedMs))
        .in(
            "placement",
            p -> p.put("availabilityZone", i.zone).put("groupName", "").put("tenancy", "default"))
        .in("monitoring", m -> m.put("state", "disabled"))
        .put("architecture", i.architecture)
        .put("rootDeviceType", "ebs")
        .put("rootDeviceName", "/dev/xvda")
        .put("virtualizationType", "hvm")
        .put("clientToken", i.token)
        .put("hypervisor", "xen")
        .put("ebsOptimized", false)
        .put("enaSupport", true)
        .putIfAny("instanceLifecycle", i.spot ? "spot" : "")
        .putIfAny("spotInstanceRequestId", i.spot ? Ids.of("sir", i.id) : "")
        .in(
            "metadataOptions",
            m ->
                m.put("state", i.state.equals("pending") ? "pending" : "applied")
                    .put("httpTokens", i.httpTokens)
                    .put("httpPutResponseHopLimit", i.hopLimit)
                    .put("httpEndpoint", i.httpEndpoint)
                    .put("httpProtocolIpv6", "disabled")
                    .put("instanceMetadataTags", i.metadataTags));
    tags(xml, i.tags);
    if (!i.reasonCode.isEmpty()) {
      xml.in("stateReason", r -> r.put("code", i.reasonCode).put("message", i.reasonWords));
    }
    if (!i.profile.isEmpty()) {
      xml.in(
          "iamInstanceProfile",
          p -> p.put("arn", profileArn(i.profile)).put("id", "AIPASIMULATED"));
    }
    if (gone) {
      xml.put("groupSet", "").put("blockDeviceMapping", "").put("networkInterfaceSet", "");
    } else {
      device(xml, i);
      network(xml, i);
    }
  }

  static String profileArn(String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn
        : "arn:aws:iam::" + ACCOUNT + ":instance-profile/" + nameOrArn;
  }

  static String volumeId(Instance i, String device) {
    return Ids.of("vol", i.id + device);
  }

  private static void device(Xml xml, Instance i) {
    xml.list(
        "blockDeviceMapping",
        i.volumes.entrySet(),
        (item, volume) ->
            item.put("deviceName", volume.getKey())
                .in(
                    "ebs",
                    ebs ->
                        ebs.put("volumeId", volumeId(i, volume.getKey()))
                            .put("status", "attached")
                            .put("attachTime", time(i.launchedMs))
                            .put("deleteOnTermination", volume.getValue())));
  }

  private static void network(Xml xml, Instance i) {
    xml.put("subnetId", i.subnet)
        .put("vpcId", i.vpc)
        .put("privateIpAddress", i.address)
        .putIfAny("ipAddress", i.publicAddress ? i.address : "")
        .put("sourceDestCheck", true);
    groups(xml, i);
    xml.list(
        "networkInterfaceSet",
        List.of(i),
        (item, one) -> {
          item.put("networkInterfaceId", Ids.of("eni", i.id))
              .put("subnetId", i.subnet)
              .put("vpcId", i.vpc)
              .put("status", "in-use")
              .put("macAddress", Ids.mac(i.id))
              .put("privateIpAddress", i.address)
              .put("interfaceType", "interface");
          groups(item, i);
          item.in(
              "attachment",
              a ->
                  a.put("attachmentId", Ids.of("eni-attach", i.id))
                      .put("deviceIndex", 0)
                      .put("status", "attached")
                      .put("deleteOnTermination", true));
          if (i.publicAddress) {
            item.in("association", a -> a.put("publicIp", i.address).put("ipOwnerId", "amazon"));
          }
        });
  }

  private static void groups(Xml xml, Instance i) {
    xml.list(
        "groupSet",
        i.groups,
        (item, group) -> item.put("groupId", group).put("groupName", "group " + group));
  }
}
