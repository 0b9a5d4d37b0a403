package dev.flamepool.operator.pool;

import dev.flamepool.operator.runner.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * When a pool asks again for machines that were refused, where it has no other place to ask. Time
 * brings one try after ever longer pauses. New demand brings all that is needed at once, if it is
 * room that is lacking: there may be some by now. Pure.
 *
 * @param rounds of refusals in a row
 * @param last when the last one came
 * @param until no try for the sake of time before
 * @param waited most calls that have waited since the last try; more of them are new demand
 * @param lacksRoom whether capacity or a quota is lacking, rather than that the request is wrong
 */
record Retries(int rounds, Instant last, Instant until, int waited, boolean lacksRoom) {
  /** Nothing was refused. */
  static final Retries NONE = new Retries(0, Instant.EPOCH, Instant.EPOCH, 0, false);

  /** Room may come back at any time. */
  private static final Duration ROOM_FIRST = Duration.ofSeconds(1);

  private static final Duration ROOM_LONGEST = Duration.ofMinutes(3);

  /** Somebody has to correct what is wrong, and most corrections change the spec. */
  private static final Duration WRONG_FIRST = Duration.ofSeconds(10);

  private static final Duration WRONG_LONGEST = Duration.ofMinutes(5);

  /**
   * Goes on.
   *
   * @param refused why machines were refused since
   * @param served whether one was had since the last refusal
   * @param waiting calls that wait for a runner now
   * @param random 0 to 1
   */
  Retries next(
      List<EndReason> refused, boolean served, int waiting, Instant now, DoubleSupplier random) {
    if (!refused.isEmpty()) {
      boolean room =
          refused.stream()
              .allMatch(
                  reason ->
                      reason == EndReason.InsufficientCapacity
                          || reason == EndReason.QuotaExceeded);
      Duration pause =
          Pauses.after(
              rounds + 1,
              room ? ROOM_FIRST : WRONG_FIRST,
              room ? ROOM_LONGEST : WRONG_LONGEST,
              random.getAsDouble());
      return new Retries(rounds + 1, now, now.plus(pause), waiting, room);
    }
    if (rounds == 0 || served) {
      return NONE;
    }
    return waiting == 0 ? new Retries(rounds, last, until, 0, lacksRoom) : this;
  }

  /** The same, after machines were asked for while so many calls wait. */
  Retries tried(int waiting) {
    return rounds == 0
        ? this
        : new Retries(rounds, last, until, Math.max(waited, waiting), lacksRoom);
  }

  /** Whether all that is needed may be asked for. */
  boolean isOpen(int waiting) {
    return rounds == 0 || (lacksRoom && waiting > waited);
  }

  /** Whether one try may be made. */
  boolean isDue(Instant now) {
    return !now.isBefore(until);
  }
}
