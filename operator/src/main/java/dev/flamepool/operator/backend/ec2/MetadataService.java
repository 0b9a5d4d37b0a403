package dev.flamepool.operator.backend.ec2;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flamepool.api.Ec2Backend;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceMetadataOptions;

/**
 * How an instance may ask for its metadata. What the pool does not say is the launch template's;
 * what neither says is strict. It is never off: cloud-init has the user data from there.
 *
 * @param hopLimit null for EC2's own
 * @param tokens whether a token must be shown, in EC2's words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MetadataService(
    @Nullable Integer hopLimit, String tokens, @Nullable String tags, @Nullable String ipv6) {
  private static final String REQUIRED = "required";

  /** Without a template that says anything else. */
  static final MetadataService STRICT = new MetadataService(1, REQUIRED, null, null);

  static MetadataService of(Ec2Backend ec2, @Nullable Template template) {
    Integer given = ec2.metadataHopLimit();
    if (template != null && template.data().isEmpty()) {
      return new MetadataService(given, REQUIRED, null, null);
    }
    LaunchTemplateInstanceMetadataOptions its =
        template == null ? null : template.metadata().orElse(null);
    if (its == null) {
      return new MetadataService(given == null ? STRICT.hopLimit : given, REQUIRED, null, null);
    }
    Integer hops = given == null ? its.httpPutResponseHopLimit() : given;
    return new MetadataService(
        hops == null ? STRICT.hopLimit : hops,
        its.httpTokensAsString() == null ? REQUIRED : its.httpTokensAsString(),
        its.instanceMetadataTagsAsString(),
        its.httpProtocolIpv6AsString());
  }

  /** As EC2 takes it. */
  InstanceMetadataOptionsRequest options() {
    return InstanceMetadataOptionsRequest.builder()
        .httpEndpoint(InstanceMetadataEndpointState.ENABLED)
        .httpTokens(tokens)
        .httpPutResponseHopLimit(hopLimit)
        .instanceMetadataTags(tags)
        .httpProtocolIpv6(ipv6)
        .build();
  }
}
