package dev.flamepool.operator.control;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Phase;
import org.jspecify.annotations.Nullable;

/** How a report changes with what a runner says. */
final class Reports {
  private Reports() {}

  /**
   * The runner answered.
   *
   * @param early what it has said since, if anything
   */
  static RunnerReport hello(HelloAck ack, @Nullable RunnerReport early) {
    return early == null
        ? new RunnerReport(true, ack.codeVersion(), state(ack.phase()), 0, "", "")
        : new RunnerReport(
            true, ack.codeVersion(), early.state(), early.inFlight(), early.cause(), "");
  }

  /** A message came. */
  static RunnerReport after(@Nullable RunnerReport before, ControlMessage message) {
    RunnerReport last =
        before == null ? new RunnerReport(true, "", RunnerReport.State.UNKNOWN, 0, "", "") : before;
    if (message instanceof ControlMessage.State said) {
      return new RunnerReport(
          true,
          last.codeVersion(),
          state(said.phase()),
          said.inFlight(),
          EndCause.inStatus(said.cause()),
          "");
    }
    if (message instanceof ControlMessage.Draining said) {
      return new RunnerReport(
          true,
          last.codeVersion(),
          last.state() == RunnerReport.State.GONE ? last.state() : RunnerReport.State.DRAINING,
          last.inFlight(),
          EndCause.inStatus(said.cause()),
          "");
    }
    return last;
  }

  /** There is no connection; what it said last is still what is known. */
  static RunnerReport unreachable(@Nullable RunnerReport before, String problem) {
    return before == null
        ? new RunnerReport(false, "", RunnerReport.State.UNKNOWN, 0, "", problem)
        : new RunnerReport(
            false,
            before.codeVersion(),
            before.state(),
            before.inFlight(),
            before.cause(),
            problem);
  }

  private static RunnerReport.State state(Phase phase) {
    return switch (phase) {
      case BOOTING -> RunnerReport.State.BOOTING;
      case SERVING -> RunnerReport.State.SERVING;
      case DRAINING -> RunnerReport.State.DRAINING;
      case GONE -> RunnerReport.State.GONE;
    };
  }
}
