package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What is true of a pool, written by the operator only. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FlamePoolStatus(
    Long observedGeneration,
    @Size(max = 64) String backend,
    Integer desired,
    @StatusReplicas Integer ready,
    Integer booting,
    Integer draining,
    Integer inFlight,
    Integer queued,
    Integer callers,
    @LabelSelector @Size(max = 1024) String selector,
    Effective effective,
    @Size(max = 64) String minIdledAt,
    BootBackoff bootBackoff,
    @Size(max = 16) List<Revision> revisions,
    @Size(max = 64) List<Refusal> refusals,
    @Size(max = 200) List<Endpoint> endpoints,
    @Size(max = 5) List<Failure> recentFailures,
    @Size(max = 16) List<Condition> conditions) {

  /** The values in force of fields whose default depends on others; durations as in the spec. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Effective(
      Integer maxConcurrency,
      @Size(max = 32) String timeout,
      @Size(max = 32) String bootTimeout,
      @Size(max = 32) String drainTimeout) {}

  /** After three failed boots in a row: one probe at a time, the next not before {@code until}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BootBackoff(Integer failures, @Size(max = 64) String until) {}

  /** A resolved template and the code version that its first runner reported. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Revision(
      @Required @Size(max = 63) String name,
      @Size(max = 128) String codeVersion,
      Integer desired) {}

  /**
   * A code version of callers that no revision yields, not even after a probe of the newest; its
   * calls fail at once. Looked at again after {@code until}.
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Refusal(
      @Required @Size(max = 128) String codeVersion,
      @Required @Size(max = 63) String revision,
      @Required @Size(max = 64) String until) {}

  /** A ready runner that calls may be sent to; {@code uid} is what its certificate names. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Endpoint(
      @Required @Size(max = 63) String runner,
      @Required @Size(max = 63) String uid,
      @Required @Size(max = 300) String address,
      @Size(max = 128) String codeVersion,
      Integer maxConcurrency) {}

  /**
   * How one runner failed, with its last output lines, redacted; {@code uid} as in its endpoint: a
   * name is used again.
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Failure(
      @Required @Size(max = 63) String runner,
      @Size(max = 63) String uid,
      @Size(max = 64) String backend,
      @Size(max = 128) String reason,
      @Size(max = 1024) String message,
      @Size(max = 64) String time,
      @Size(max = 50) List<@Size(max = 512) String> log) {}
}
