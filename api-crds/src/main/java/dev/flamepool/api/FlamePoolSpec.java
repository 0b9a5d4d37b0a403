package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;

/**
 * What the user wants of a pool. Absent fields have the schema's default; a field whose default
 * depends on another has none, and its value in force is in {@link FlamePoolStatus#effective()}.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.min <= self.max",
    fieldPath = ".min",
    reason = "FieldValueInvalid",
    message = "min must not exceed max: lower min or raise max")
@ValidationRule(
    value = "!self.singleUse || !has(self.maxConcurrency) || self.maxConcurrency == 1",
    fieldPath = ".maxConcurrency",
    reason = "FieldValueInvalid",
    message = "singleUse implies maxConcurrency 1: leave maxConcurrency out or set it to 1")
public record FlamePoolSpec(
    @JsonPropertyDescription(
            "Runners kept at all times. A floor, never a count; what `kubectl scale` sets.")
        @SpecReplicas
        @Min(0) @Max(200) @Default("0")
        Integer min,
    @JsonPropertyDescription("Most runners of the whole pool, however many callers it has.")
        @Min(0) @Max(200) @Default("10")
        Integer max,
    @JsonPropertyDescription(
            "Calls at once on one runner. 100 unless given; 1 when singleUse is true.")
        @Min(1) @Max(10000) Integer maxConcurrency,
    @JsonPropertyDescription("Whether a runner ends after its first call.") @Default("false")
        Boolean singleUse,
    @JsonPropertyDescription("When true there are no runners, and calls fail at once and say why.")
        @Default("false")
        Boolean suspend,
    @JsonPropertyDescription("Execution limit of a call, `never` for none.")
        @ValidationRule(value = Durations.RULE_OR_NEVER, message = Durations.REMEDY_OR_NEVER)
        @Pattern(Durations.PATTERN_OR_NEVER) @Size(max = Durations.MAX_LENGTH) @Default("30s")
        String timeout,
    @JsonPropertyDescription(
            "Time from the accepted create to the first hello. 30s unless given, 2m on ec2.")
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @Pattern(Durations.PATTERN) @Size(max = Durations.MAX_LENGTH) String bootTimeout,
    @JsonPropertyDescription("Grace for running calls when a runner is told to end.")
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @Pattern(Durations.PATTERN) @Size(max = Durations.MAX_LENGTH) @Default("30s")
        String shutdownTimeout,
    @JsonPropertyDescription(
            "How long a withdrawn runner may finish its calls. timeout + shutdownTimeout unless"
                + " given, 5m when timeout is never.")
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @Pattern(Durations.PATTERN) @Size(max = Durations.MAX_LENGTH) String drainTimeout,
    @JsonPropertyDescription("Idle time after which a runner ends itself, `never` to stay.")
        @ValidationRule(value = Durations.RULE_OR_NEVER, message = Durations.REMEDY_OR_NEVER)
        @Pattern(Durations.PATTERN_OR_NEVER) @Size(max = Durations.MAX_LENGTH) @Default("30s")
        String idleShutdownAfter,
    @JsonPropertyDescription("The same for the runners kept for min.")
        @ValidationRule(value = Durations.RULE_OR_NEVER, message = Durations.REMEDY_OR_NEVER)
        @Pattern(Durations.PATTERN_OR_NEVER) @Size(max = Durations.MAX_LENGTH) @Default("never")
        String minIdleShutdownAfter,
    @JsonPropertyDescription(
            "A runner that neither a caller nor the operator has contacted for this long ends"
                + " itself.")
        @ValidationRule(value = Durations.RULE, message = Durations.REMEDY)
        @Pattern(Durations.PATTERN) @Size(max = Durations.MAX_LENGTH) @Default("5m")
        String orphanAfter,
    @JsonPropertyDescription("A runner drains and ends at this age, less up to 10 % of jitter.")
        @ValidationRule(value = Durations.RULE_OR_NEVER, message = Durations.REMEDY_OR_NEVER)
        @Pattern(Durations.PATTERN_OR_NEVER) @Size(max = Durations.MAX_LENGTH) @Default("24h")
        String maxLifetime,
    @JsonPropertyDescription("Log level of the runners' own library.") @Default("info")
        LogLevel log,
    @JsonPropertyDescription(
            "Whether results that hold Trackables keep their runner alive until closed.")
        @Default("false")
        Boolean trackResources,
    @JsonPropertyDescription(
            "Environment of the runners. Nothing is inherited from the application or operator.")
        @Size(max = 100) @ValidationRule(
            value =
                "self.all(e, !(e.name in ['FLAME_PARENT', 'FLAME_BIND', 'FLAME_POOL',"
                    + " 'FLAME_RUNNER']))",
            message =
                "FLAME_PARENT, FLAME_BIND, FLAME_POOL and FLAME_RUNNER are set by the operator:"
                    + " remove them")
        List<EnvVar> env,
    @JsonPropertyDescription("How a runner listens and runs calls.") RunnerOptions runner,
    @JsonPropertyDescription(
            "Where runners come from, in order of preference; the next is used when one has no"
                + " capacity. Without it: the FlameBackend named default, else local where the"
                + " operator allows it.")
        @Size(max = 8) List<BackendEntry> backends) {

  /** {@code min}, 0 when absent. */
  public int minOrDefault() {
    return min == null ? 0 : min;
  }

  /** {@code max}, 10 when absent. */
  public int maxOrDefault() {
    return max == null ? 10 : max;
  }

  /** Whether runners end after their first call. */
  @JsonIgnore
  public boolean isSingleUse() {
    return Boolean.TRUE.equals(singleUse);
  }

  /** Whether the pool is to have no runners. */
  @JsonIgnore
  public boolean isSuspended() {
    return Boolean.TRUE.equals(suspend);
  }
}
