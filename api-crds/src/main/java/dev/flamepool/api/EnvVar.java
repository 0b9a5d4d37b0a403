package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * One environment variable of the runners: a value, or a key of a Secret in the pool's namespace.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!(has(self.value) && has(self.valueFrom))",
    message = "give value or valueFrom, not both")
public record EnvVar(
    @Required @Size(min = 1, max = 253) @Pattern("^[A-Za-z_][A-Za-z0-9_]*$") String name,
    @Size(max = 32768) String value,
    ValueFrom valueFrom) {

  /** Where a value comes from. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ValueFrom(@Required SecretKeyRef secretKeyRef) {}
}
