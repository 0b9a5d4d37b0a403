package dev.flamepool.simulators.fly;

import java.time.Duration;

/** What goes wrong with a call, or with the machine that a call creates. */
public sealed interface Effect {
  /** The request takes effect; the connection is closed without an answer. */
  record LoseResponse() implements Effect {}

  /** The connection is closed without effect and without an answer. */
  record LoseRequest() implements Effect {}

  /** The call is served later, by the wall clock. */
  record Delay(Duration by) implements Effect {}

  /** An answer instead of the effect. */
  record Answer(int status, String body) implements Effect {}

  /**
   * A recorded refusal instead of the effect.
   *
   * @param name as in {@code errors.json}, such as {@code insufficient_capacity}
   */
  record Refuse(String name) implements Effect {}

  /** The machine stays in {@code created} until {@link Faults#release} of it. */
  record StuckInCreated() implements Effect {}

  /** The machine ends in {@code failed} instead of {@code started}. */
  record FailsToBoot() implements Effect {}

  /** The machine stays in {@code destroying}, once it is there, until {@link Faults#release}. */
  record StuckInDestroying() implements Effect {}

  /** Lists, gets and waits do not know the machine for that long, by the simulator's clock. */
  record VisibleAfter(Duration time) implements Effect {}
}
