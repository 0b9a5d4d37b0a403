package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * One kind of backend with what its pools share. What a pool gives inline wins; env merges by name.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "[has(self.fly), has(self.ec2), has(self.pod), has(self.local)].filter(x, x).size() == 1",
    message = "give exactly one of fly, ec2, pod, local")
public record FlameBackendSpec(
    FlyBackend fly,
    Ec2Backend ec2,
    PodBackend pod,
    LocalBackend local,
    @JsonPropertyDescription("Environment of all runners; a pool's own env wins by name.")
        @Size(max = 100) @ValidationRule(
            value =
                "self.all(e, !(e.name in ['FLAME_PARENT', 'FLAME_BIND', 'FLAME_POOL',"
                    + " 'FLAME_RUNNER']))",
            message =
                "FLAME_PARENT, FLAME_BIND, FLAME_POOL and FLAME_RUNNER are set by the operator:"
                    + " remove them")
        List<EnvVar> env) {

  /** The kind given. */
  public BackendKind kind() {
    return BackendKind.of(fly, ec2, pod, local);
  }
}
