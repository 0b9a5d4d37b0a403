package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** Runners as EC2 instances, with every option of FlameEC2. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!(has(self.subnetId) && has(self.subnetIds))",
    message = "give subnetId or subnetIds, not both")
@ValidationRule(
    value = "!(has(self.securityGroupId) && has(self.securityGroupIds))",
    message = "give securityGroupId or securityGroupIds, not both")
@ValidationRule(
    value = "!(has(self.instanceType) && has(self.instanceTypes))",
    message = "give instanceType or instanceTypes, not both")
@ValidationRule(
    value = "!(has(self.imageId) && has(self.imageIdParameter))",
    message = "give imageId or imageIdParameter, not both")
public record Ec2Backend(
    @JsonPropertyDescription("Takes what is not given from the operator's own instance.")
        Boolean autoConfigure,
    @JsonPropertyDescription("Bundle of the application: a directory or a .tar.gz.")
        @Pattern("^s3://[a-z0-9][-.a-z0-9]*[a-z0-9]/.+$") @Size(max = 1024)
        String s3BundleUrl,
    @JsonPropertyDescription("Name of the application in the bundle.")
        @Size(min = 1, max = 128) @Pattern("^[A-Za-z0-9][A-Za-z0-9._-]*$") String app,
    @JsonPropertyDescription("AMI.") @Size(min = 1, max = 64) String imageId,
    @JsonPropertyDescription("SSM parameter that holds the AMI.") @Size(min = 1, max = 1024) String imageIdParameter,
    @Size(min = 1, max = 64) String launchTemplateId,
    @JsonPropertyDescription("A number, $Default or $Latest; $Default unless given.")
        @Pattern("^([0-9]+|\\$Default|\\$Latest)$") @Size(max = 16) String launchTemplateVersion,
    @Size(min = 1, max = 64) String subnetId,
    @JsonPropertyDescription("Subnets in order of preference.") @Size(min = 1, max = 16) List<@Size(max = 64) String> subnetIds,
    @Size(min = 1, max = 64) String securityGroupId,
    @Size(min = 1, max = 16) List<@Size(max = 64) String> securityGroupIds,
    @JsonPropertyDescription("t3.nano unless given.") @Size(min = 1, max = 64) String instanceType,
    @JsonPropertyDescription("Instance types in order of preference.") @Size(min = 1, max = 16) List<@Size(max = 64) String> instanceTypes,
    @JsonPropertyDescription("ARN or name of the instance profile.") @Size(min = 1, max = 2048) String iamInstanceProfile,
    @Size(min = 1, max = 255) String keyName,
    @Size(min = 1, max = 64) @Pattern("^[a-z0-9]+(-[a-z0-9]+)*$") String region,
    @JsonPropertyDescription("Whether to ask for spot capacity first.") Boolean spot,
    @JsonPropertyDescription("The address that callers use; private unless given.") Reach reach,
    @JsonPropertyDescription("Bucket of the boot objects; the bundle's unless given.")
        @Pattern("^[a-z0-9][-.a-z0-9]*[a-z0-9]$") @Size(min = 3, max = 63) String bootBucket,
    RootVolume rootVolume,
    @JsonPropertyDescription("Further tags of the instances.") @Size(max = 32) Map<String, @Size(max = 256) String> tags,
    @JsonPropertyDescription("Secret with accessKeyId, secretAccessKey and, if any, sessionToken.")
        SecretRef credentialsSecretRef,
    @Pattern("^https?://.+$") @Size(max = 512) String instanceMetadataUrl,
    @Pattern("^https?://.+$") @Size(max = 512) String instanceMetadataTokenUrl,
    @Pattern("^https?://.+$") @Size(max = 512) String ec2ServiceEndpoint,
    @JsonPropertyDescription(
            "Hops that an answer of the instance metadata may take; 1 unless given, or the launch template's.")
        @Min(1) @Max(64) Integer metadataHopLimit) {

  /** Which address of an instance is used. */
  public enum Reach {
    /** The address in the VPC; the default. */
    @JsonProperty("private")
    PRIVATE,
    /** The public address. */
    @JsonProperty("public")
    PUBLIC
  }

  /** The encrypted root volume. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RootVolume(
      @Min(1) @Max(16384) Integer sizeGb,
      @Size(min = 1, max = 16) String type,
      @Size(min = 1, max = 64) String deviceName) {}

  /** A Secret in the same namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SecretRef(
      @Required @Size(min = 1, max = 253) @Pattern(DnsNames.SUBDOMAIN) String name) {}
}
