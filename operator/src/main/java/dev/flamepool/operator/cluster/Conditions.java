package dev.flamepool.operator.cluster;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Conditions in the usual form; {@code lastTransitionTime} moves only when the status does. */
public final class Conditions {
  private static final int MAX_MESSAGE = 1_024;

  private Conditions() {}

  /**
   * A condition of that type as it is now.
   *
   * @param status {@code True}, {@code False} or {@code Unknown}
   * @param before the conditions as they are stored
   */
  public static Condition of(
      String type,
      String status,
      String reason,
      String message,
      long generation,
      List<Condition> before,
      Instant now) {
    String since =
        find(before, type)
            .filter(old -> status.equals(old.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message)
        .withObservedGeneration(generation)
        .withLastTransitionTime(since)
        .build();
  }

  /** The condition of a type. */
  public static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> type.equals(condition.getType())).findFirst();
  }
}
