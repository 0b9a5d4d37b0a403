package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** How a runner listens and runs calls. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunnerOptions(
    @JsonPropertyDescription("The port on pod, fly and ec2; a local runner takes a free one.")
        @Min(1) @Max(65535) @Default("7600")
        Integer port,
    @JsonPropertyDescription(
            "Threads that run calls. Virtual ones suit many waiting calls and need Java 21; one"
                + " CPU-bound virtual thread on one core stalls all others.")
        @Default("platform")
        Threads threads) {

  /** The kind of thread that runs calls. */
  public enum Threads {
    /** One operating system thread per call; the default. */
    @JsonProperty("platform")
    PLATFORM,
    /** One virtual thread per call, where the runner's JVM has them. */
    @JsonProperty("virtual")
    VIRTUAL
  }
}
