package dev.flamepool.operator.backend.ec2;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flamepool.api.Ec2Backend.RootVolume;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateEbsBlockDevice;

/**
 * A volume that is asked for. One that is on EBS goes with its instance, whatever AMI and launch
 * template say: else it stayed, and was paid, after every runner.
 *
 * @param device its device name
 * @param virtualName an instance store's; null for none
 * @param noDevice given, if the AMI's volume of this device is left out
 * @param ebs what is asked of a volume on EBS; null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Volume(
    String device, @Nullable String virtualName, @Nullable String noDevice, @Nullable Ebs ebs) {
  /** A volume on EBS; what is null is the AMI's, or EC2's own. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Ebs(
      @Nullable Boolean encrypted,
      @Nullable String kmsKeyId,
      @Nullable String snapshotId,
      @Nullable Integer sizeGb,
      @Nullable String type,
      @Nullable Integer iops,
      @Nullable Integer throughput) {
    static final Ebs PLAIN = new Ebs(null, null, null, null, null, null, null);

    private static Ebs of(LaunchTemplateEbsBlockDevice its) {
      return new Ebs(
          its.encrypted(),
          its.kmsKeyId(),
          its.snapshotId(),
          its.volumeSize(),
          its.volumeTypeAsString(),
          its.iops(),
          its.throughput());
    }

    private Ebs asRoot(@Nullable RootVolume wanted) {
      Integer size = wanted == null ? null : wanted.sizeGb();
      String kind = wanted == null ? null : wanted.type();
      return new Ebs(
          true,
          kmsKeyId,
          snapshotId,
          size == null ? sizeGb : size,
          kind == null ? type : kind,
          iops,
          throughput);
    }

    private EbsBlockDevice device() {
      return EbsBlockDevice.builder()
          .deleteOnTermination(true)
          .encrypted(encrypted)
          .kmsKeyId(kmsKeyId)
          .snapshotId(snapshotId)
          .volumeSize(sizeGb)
          .volumeType(type)
          .iops(iops)
          .throughput(throughput)
          .build();
    }
  }

  /**
   * Those that are asked for: none, if all go by themselves and nothing is asked of the root.
   *
   * @param root device name of the root volume, which is to be encrypted; null to leave it alone
   * @param wanted of the root volume; null for what it has
   * @param staying devices of the AMI whose volumes would stay
   * @param template the launch template's, which those of a request replace as a whole
   */
  static List<Volume> asked(
      @Nullable String root,
      @Nullable RootVolume wanted,
      List<String> staying,
      List<LaunchTemplateBlockDeviceMapping> template) {
    Map<String, Volume> all = new LinkedHashMap<>();
    template.forEach(mapping -> all.put(mapping.deviceName(), of(mapping)));
    boolean goes = all.keySet().containsAll(staying) && template.stream().noneMatch(Volume::stays);
    if (goes && root == null) {
      return List.of();
    }
    staying.forEach(device -> all.putIfAbsent(device, new Volume(device, null, null, Ebs.PLAIN)));
    if (root != null) {
      Volume its = all.get(root);
      Ebs before = its == null || its.ebs() == null ? Ebs.PLAIN : its.ebs();
      all.put(root, new Volume(root, null, null, before.asRoot(wanted)));
    }
    return List.copyOf(all.values());
  }

  private static Volume of(LaunchTemplateBlockDeviceMapping its) {
    return its.ebs() == null
        ? new Volume(its.deviceName(), its.virtualName(), its.noDevice(), null)
        : new Volume(its.deviceName(), null, null, Ebs.of(its.ebs()));
  }

  private static boolean stays(LaunchTemplateBlockDeviceMapping its) {
    return its.ebs() != null && !Boolean.TRUE.equals(its.ebs().deleteOnTermination());
  }

  /** As EC2 takes it. */
  BlockDeviceMapping mapping() {
    return BlockDeviceMapping.builder()
        .deviceName(device)
        .virtualName(virtualName)
        .noDevice(noDevice)
        .ebs(ebs == null ? null : ebs.device())
        .build();
  }
}
