package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much a runner's library logs. */
public enum LogLevel {
  /** Nothing. */
  @JsonProperty("off")
  OFF,
  /** Failures. */
  @JsonProperty("error")
  ERROR,
  /** Failures and what may become one. */
  @JsonProperty("warn")
  WARN,
  /** Start, end and their causes; the default. */
  @JsonProperty("info")
  INFO,
  /** Connections and calls as well. */
  @JsonProperty("debug")
  DEBUG
}
