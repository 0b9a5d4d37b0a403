package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * One place where a pool's runners may come from: inline, or a FlameBackend, or one over the other.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.fly), has(self.ec2), has(self.pod), has(self.local)].filter(x, x).size() <= 1",
    message = "one kind per backend: give only one of fly, ec2, pod, local")
@ValidationRule(
    value =
        "has(self.ref) || [has(self.fly), has(self.ec2), has(self.pod),"
            + " has(self.local)].filter(x, x).size() == 1",
    message = "give one of fly, ec2, pod, local, or ref with the name of a FlameBackend")
public record BackendEntry(
    @Required @Size(min = 1, max = 40) @Pattern(DnsNames.LABEL) String name,
    @Size(min = 1, max = 253) @Pattern(DnsNames.SUBDOMAIN) String ref,
    FlyBackend fly,
    Ec2Backend ec2,
    PodBackend pod,
    LocalBackend local) {

  /** The kind given inline; null when only {@code ref} is. */
  public BackendKind kind() {
    return BackendKind.of(fly, ec2, pod, local);
  }
}
