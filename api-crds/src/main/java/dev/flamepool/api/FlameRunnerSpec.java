package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What a machine is made from: resolved and immutable, without secret values.
 *
 * <p>Durations are as in the pool's spec; the backend entry has one kind, with a FlameBackend
 * already merged in.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self == oldSelf",
    message = "a runner's spec is immutable: change the pool, or delete the runner")
public record FlameRunnerSpec(
    @Required @SelectableField @Size(min = 1, max = 40) @Pattern(DnsNames.LABEL) String pool,
    @Required @Size(min = 1, max = 64) @Pattern(DnsNames.ID) String poolUid,
    @Required @Min(0) @Max(199) Integer ordinal,
    @Required @Size(min = 1, max = 63) @Pattern(DnsNames.LABEL) String revision,
    @Required @Min(1) @Max(10000) Integer maxConcurrency,
    @Required Boolean singleUse,
    @Required @Size(max = Durations.MAX_LENGTH) String shutdownTimeout,
    @Required @Size(max = Durations.MAX_LENGTH) String orphanAfter,
    @Required @Size(max = Durations.MAX_LENGTH) String maxLifetime,
    @Size(max = 200) List<EnvVar> env,
    @Required RunnerOptions runner,
    @Required BackendEntry backend) {}
