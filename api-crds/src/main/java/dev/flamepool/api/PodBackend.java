package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** Runners as Pods of the same cluster. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.template) || has(self.runnerFrom)",
    message = "give template (a Pod template) or runnerFrom (the application's own Deployment)")
public record PodBackend(
    @JsonPropertyDescription("A Pod template ({metadata, spec}), merged over what must be.")
        @PreserveUnknownFields
        Map<String, Object> template,
    @JsonPropertyDescription("Copies image, environment and volumes of an application.")
        RunnerFrom runnerFrom,
    @JsonPropertyDescription("The container that is the runner. The first one unless given.")
        @Size(max = 63) @Pattern(DnsNames.LABEL) String container) {

  /** The application whose copy a runner is. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RunnerFrom(
      @Required @Size(min = 1, max = 253) @Pattern(DnsNames.SUBDOMAIN) String deployment) {}
}
