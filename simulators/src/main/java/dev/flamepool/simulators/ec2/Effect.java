package dev.flamepool.simulators.ec2;

import java.time.Duration;

/** What goes wrong with a call, or with the instance that a call launches. */
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
   * A refusal instead of the effect, with the status that AWS gives it.
   *
   * @param code such as {@code InsufficientInstanceCapacity}
   */
  record Refuse(String code) implements Effect {}

  /**
   * The launch is accepted, and the instance goes from {@code pending} to {@code terminated}.
   *
   * @param reason code of the state's reason, such as {@code Server.InternalError}
   */
  record LaunchFails(String reason) implements Effect {}

  /** The instance stays {@code pending} until {@link Faults#release} of it. */
  record StuckPending() implements Effect {}

  /**
   * The instances of a TerminateInstances stay {@code shutting-down} until {@link Faults#release}.
   */
  record StuckShuttingDown() implements Effect {}

  /** No call but RunInstances knows the instance for that long, by the simulator's clock. */
  record VisibleAfter(Duration time) implements Effect {}
}
