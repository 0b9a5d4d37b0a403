package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SelectableField;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A level, never an event: what one process has running and waiting. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FlameCallerSpec(
    @Required
        @SelectableField
        @Size(min = 1, max = 40) @Pattern(DnsNames.LABEL) @ValidationRule(
            value = "self == oldSelf",
            message = "pool is for good; make a FlameCaller for the other pool")
        String pool,
    @JsonPropertyDescription("Calls on runners, averaged over 10 s.") @Min(0) @Max(10000000) Integer inFlight,
    @JsonPropertyDescription("Calls that no ready runner could take.") @Min(0) @Max(10000000) Integer queued,
    @JsonPropertyDescription(
            "Seconds since the last call, rounded up; 0 while calls run or wait. A runner that"
                + " ended as idle since then outdates inFlight.")
        @Min(0) @Max(10000000) Integer idleSeconds,
    @Size(max = 128) String codeVersion,
    @Min(0) @Max(1000) Integer protocol,
    @JsonPropertyDescription(
            "When this was written, by the writer's clock; readers count from the last change they"
                + " saw.")
        @Size(max = 64) String renewTime) {}
