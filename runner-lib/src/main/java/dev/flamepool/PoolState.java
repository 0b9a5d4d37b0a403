package dev.flamepool;

import java.util.List;

/**
 * What a pool's status said at one moment, for people who have to find out why a call failed.
 *
 * @param desired runners the operator wants
 * @param ready runners that take calls
 * @param booting runners on their way
 * @param queued calls of this process that waited for a slot
 * @param conditions the pool's conditions
 * @param recentFailures the last boot failures and crashes, newest last
 */
public record PoolState(
    int desired,
    int ready,
    int booting,
    int queued,
    List<Condition> conditions,
    List<Failure> recentFailures) {

  /** Takes copies of the lists. */
  public PoolState {
    conditions = List.copyOf(conditions);
    recentFailures = List.copyOf(recentFailures);
  }

  /**
   * A condition of the pool.
   *
   * @param type such as {@code Ready} or {@code BootHealthy}
   * @param status {@code True}, {@code False} or {@code Unknown}
   * @param reason one stable word
   * @param message for people
   */
  public record Condition(String type, String status, String reason, String message) {}

  /**
   * The end of a runner that did not end in order.
   *
   * @param runner its name
   * @param uid its own, which no other runner of that name has; empty if it was not told
   * @param backend where it was to run
   * @param reason one stable word
   * @param message what went wrong
   * @param log its last log lines, redacted; may be empty
   */
  public record Failure(
      String runner, String uid, String backend, String reason, String message, List<String> log) {
    /** Takes a copy of the lines. */
    public Failure {
      log = List.copyOf(log);
    }
  }

  /** One line of numbers, then a line for each condition. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder()
            .append(desired)
            .append(" runners desired, ")
            .append(ready)
            .append(" ready, ")
            .append(booting)
            .append(" booting, ")
            .append(queued)
            .append(" calls of this process waiting");
    for (Condition c : conditions) {
      text.append("\n  ").append(c.type()).append('=').append(c.status());
      text.append(' ').append(c.reason());
      if (!c.message().isEmpty()) {
        text.append(": ").append(c.message());
      }
    }
    return text.toString();
  }
}
