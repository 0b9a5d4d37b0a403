package dev.flamepool.operator.backend.ec2;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.cluster.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt asks EC2 for, with everything looked up that may be another thing the next time:
 * the AMI behind a parameter, the number of a template's version, the operator's own subnet. Lies
 * in the boot Secret, so that a replay is byte for byte the same.
 *
 * @param region of everything
 * @param imageId the AMI; null with a launch template
 * @param launchTemplateId null without one
 * @param launchTemplateVersion a number where it could be looked up
 * @param instanceType empty for that of a launch template that cannot be read
 * @param rootDevice the root volume's device name; null when it is left as it is
 * @param bootUrl presigned, of the boot object: whoever has it can read the runner's secrets
 * @param reportUrl presigned, where the instance leaves what it said when its boot fails; null in
 *     what an earlier version stored
 * @param instanceGroups whether subnet and groups are the instance's and not an interface's
 * @param volumes what is asked of volumes; null in what an earlier version stored
 * @param metadata how the instance may ask for its metadata; null in what an earlier version stored
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Plan(
    String region,
    @Nullable String imageId,
    @Nullable String launchTemplateId,
    @Nullable String launchTemplateVersion,
    String subnetId,
    List<String> securityGroupIds,
    String instanceType,
    boolean spot,
    @Nullable String iamInstanceProfile,
    @Nullable String keyName,
    @Nullable String rootDevice,
    String bootUrl,
    @Nullable String reportUrl,
    boolean instanceGroups,
    @Nullable List<Volume> volumes,
    @Nullable MetadataService metadata) {
  /** The key under which it lies in the boot Secret. */
  static final String FILE = "ec2.json";

  /** Where the instance leaves what it said; empty for nowhere. */
  String report() {
    return reportUrl == null ? "" : reportUrl;
  }

  byte[] bytes() {
    return Json.text(this).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  static Plan of(LaunchAttempt attempt) throws BackendException {
    return Json.value(Json.read(attempt.boot().prepared(FILE)), Plan.class);
  }

  /** Without the URLs. */
  @Override
  public String toString() {
    return "Plan[" + region + ", " + subnetId + ", " + instanceType + "]";
  }
}
