package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Ec2Options.Device;
import dev.flamepool.simulators.ec2.Ec2Options.Image;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The EBS volumes of an instance, each with whether it goes with the instance: the image's, changed
 * by what is asked for device by device.
 */
final class Volumes {
  private Volumes() {}

  static Map<String, Boolean> of(Image image, List<Params> mappings) throws AwsError {
    Map<String, Boolean> volumes = new LinkedHashMap<>();
    for (Device device : image.devices()) {
      volumes.put(device.name(), device.deleteOnTermination());
    }
    for (Params mapping : mappings) {
      String name = mapping.must("DeviceName");
      if (mapping.has("NoDevice")) {
        volumes.remove(name);
      } else if (mapping.hasAny("Ebs")) {
        boolean known = volumes.containsKey(name);
        if (!known && !mapping.has("Ebs.VolumeSize") && !mapping.has("Ebs.SnapshotId")) {
          throw AwsError.of(
              "MissingParameter",
              "The request must contain the parameter size or snapshotId for " + name);
        }
        boolean goes = known && volumes.get(name);
        volumes.put(
            name,
            mapping.has("Ebs.DeleteOnTermination") ? mapping.is("Ebs.DeleteOnTermination") : goes);
      }
    }
    return volumes;
  }
}
