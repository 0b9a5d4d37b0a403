package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Image;

/** Reads what instances are made from: launch template and image. Thread-safe. */
final class Sources {
  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);

  private static final int REMEMBERED = 1_000;

  private record Known(String region, Optional<String> endpoint, String what) {}

  /**
   * What counts of an image.
   *
   * @param root device name of its root volume; empty where it has none
   * @param staying devices of the volumes that it does not let go with the instance
   */
  record Ami(String root, List<String> staying) {
    static final Ami UNREAD = new Ami("", List.of());

    static Ami of(Image image) {
      return new Ami(
          image.rootDeviceName() == null ? "" : image.rootDeviceName(),
          image.blockDeviceMappings().stream()
              .filter(it -> it.ebs() != null)
              .filter(it -> !Boolean.TRUE.equals(it.ebs().deleteOnTermination()))
              .map(BlockDeviceMapping::deviceName)
              .toList());
    }

    /** A template's root volume is left as it is, unless the pool asks for something. */
    @Nullable String root(Ec2Backend ec2) throws BackendException {
      if (ec2.launchTemplateId() != null && ec2.rootVolume() == null) {
        return null;
      }
      String given = deviceName(ec2);
      if (given == null && root.isEmpty()) {
        throw new BackendException(
            Kind.CONFIGURATION,
            "ec2.rootVolume.deviceName: is missing, and the image cannot be read; give the name of"
                + " its root device, such as /dev/xvda, or the permission ec2:DescribeImages");
      }
      return given == null ? root : given;
    }
  }

  private final Ec2Calls calls;

  /** Of images, which never change. */
  private final Map<Known, Ami> images =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Known, Ami> eldest) {
              return size() > REMEMBERED;
            }
          });

  Sources(Ec2Calls calls) {
    this.calls = calls;
  }

  /**
   * By its number, so that a replay asks for the same when the template moves on. Without the
   * permission to read it, by the word that is given.
   */
  Template template(Ec2Backend ec2, Session session) throws AwsException, BackendException {
    String version =
        ec2.launchTemplateVersion() == null
            ? Ec2Options.TEMPLATE_VERSION
            : ec2.launchTemplateVersion();
    Template template;
    try {
      template = calls.template(session, ec2.launchTemplateId(), version);
    } catch (AwsException e) {
      if (e.error() != Ec2Error.NO_ACCESS) {
        throw e;
      }
      LOG.info("launch template {} is not read: {}", ec2.launchTemplateId(), e.getMessage());
      return Template.unread(version);
    }
    Optional<String> problem =
        template.problem(ec2.launchTemplateId(), ec2.reach() == Ec2Backend.Reach.PUBLIC);
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
    return template;
  }

  /** Without the permission to read it, nothing is known of it. */
  Ami ami(Ec2Backend ec2, Optional<String> image, Session session)
      throws AwsException, BackendException {
    if (image.isEmpty()) {
      return Ami.UNREAD;
    }
    Known known = new Known(session.region(), session.endpoint(), image.get());
    Ami ami = images.get(known);
    if (ami != null) {
      return ami;
    }
    try {
      ami = Ami.of(calls.image(session, image.get()));
    } catch (AwsException e) {
      boolean needed = ec2.launchTemplateId() == null && deviceName(ec2) == null;
      if (e.error() != Ec2Error.NO_ACCESS || needed) {
        throw e;
      }
      LOG.info("image {} is not read: {}", image.get(), e.getMessage());
      return Ami.UNREAD;
    }
    images.put(known, ami);
    return ami;
  }

  private static @Nullable String deviceName(Ec2Backend ec2) {
    return ec2.rootVolume() == null ? null : ec2.rootVolume().deviceName();
  }
}
