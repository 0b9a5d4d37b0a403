package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * How far a machine is. {@code launch} and {@code machine} are always written whole and never set
 * to null: what a stale reader could erase, a crash could leak.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FlameRunnerStatus(
    Phase phase,
    @Size(max = 128) String reason,
    @Size(max = 1024) String message,
    Launch launch,
    Machine machine,
    @Size(max = 128) String codeVersion,
    @Size(max = 64) String phaseSince,
    @Size(max = 50) List<@Size(max = 512) String> log,
    @Size(max = 16) List<Condition> conditions) {

  /** A status with nothing known yet. */
  public static final FlameRunnerStatus EMPTY =
      new FlameRunnerStatus(null, null, null, null, null, null, null, null, null);

  /** Where a runner is in its life. */
  public enum Phase {
    /** No attempt has been accepted by the backend. */
    Pending,
    /** The machine exists, or may exist, and its runner has not said hello. */
    Booting,
    /** The runner said hello; calls may be sent to it. */
    Ready,
    /** Withdrawn, told to end, or ending by itself: no new calls. */
    Draining,
    /** Its machine is to be stopped and deleted. */
    Stopping,
    /** The backend holds no machine of it. Only earlier versions wrote it. */
    Gone
  }

  /** One launch attempt, written before the backend is called. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Launch(
      @Required Integer attempt,
      @Required @Size(max = 64) String token,
      @Size(max = 256) String offering,
      @Required @Size(max = 64) String sha256,
      @Size(max = 64) String time) {}

  /** What the backend created for an attempt. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Machine(
      @Required Integer attempt,
      @Required @Size(max = 128) @Pattern(DnsNames.ID) String id,
      @Size(max = 300) String address) {}
}
