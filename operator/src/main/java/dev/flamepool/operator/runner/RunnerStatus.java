package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Launch;
import dev.flamepool.api.FlameRunnerStatus.Machine;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.MachineOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a runner's status and derives the next one from it, so that nothing is dropped by accident.
 */
public final class RunnerStatus {
  private static final int MAX_MESSAGE = 1_024;
  private static final int MAX_LINES = 50;
  private static final int MAX_LINE = 512;

  /** The reason of a runner whose machine runs and that does not say hello. */
  public static final String NO_HELLO = "NoHello";

  /** The reason of one that has said hello, and whose application takes long to start. */
  public static final String STARTING = "Starting";

  /** Begins the message of a runner that has to end and cannot. */
  public static final String CANNOT_END = "its machine cannot be ended: ";

  private RunnerStatus() {}

  /** The status, empty when nothing was written yet. */
  public static FlameRunnerStatus of(FlameRunner runner) {
    return runner.getStatus() == null ? FlameRunnerStatus.EMPTY : runner.getStatus();
  }

  /** The phase; a new runner is pending. */
  public static Phase phase(FlameRunner runner) {
    Phase phase = of(runner).phase();
    return phase == null ? Phase.Pending : phase;
  }

  static boolean isPending(FlameRunnerStatus status) {
    return status.phase() == null || status.phase() == Phase.Pending;
  }

  /** The same runner with another status. */
  static FlameRunner with(FlameRunner runner, FlameRunnerStatus status) {
    FlameRunner other = new FlameRunner();
    other.setMetadata(runner.getMetadata());
    other.setSpec(runner.getSpec());
    other.setStatus(status);
    return other;
  }

  /** When the phase began; {@code now} when nothing says so. */
  public static Instant since(FlameRunnerStatus status, Instant now) {
    return status.phaseSince() == null ? now : Instant.parse(status.phaseSince());
  }

  /** Whether its machine was ever reachable, so that calls may be running there. */
  static boolean wasReachable(FlameRunnerStatus status) {
    return status.codeVersion() != null;
  }

  static FlameRunnerStatus launching(FlameRunnerStatus status, Launch launch, Instant now) {
    return new FlameRunnerStatus(
        Phase.Pending,
        null,
        null,
        launch,
        status.machine(),
        status.codeVersion(),
        status.phaseSince() == null ? now.toString() : status.phaseSince(),
        status.log(),
        status.conditions());
  }

  static FlameRunnerStatus waiting(FlameRunnerStatus status, String reason, String message) {
    return new FlameRunnerStatus(
        Phase.Pending,
        reason,
        shorten(message, MAX_MESSAGE),
        status.launch(),
        status.machine(),
        status.codeVersion(),
        status.phaseSince(),
        status.log(),
        status.conditions());
  }

  /** The same phase, and what keeps it there; null for nothing that is known. */
  static FlameRunnerStatus held(
      FlameRunnerStatus status, @Nullable String reason, @Nullable String message) {
    return new FlameRunnerStatus(
        status.phase(),
        reason,
        message == null || message.isEmpty() ? null : shorten(message, MAX_MESSAGE),
        status.launch(),
        status.machine(),
        status.codeVersion(),
        status.phaseSince(),
        status.log(),
        status.conditions());
  }

  static FlameRunnerStatus accepted(FlameRunnerStatus status, Machine machine, Instant now) {
    return phase(withMachine(status, machine), Phase.Booting, null, null, now);
  }

  static FlameRunnerStatus withMachine(FlameRunnerStatus status, Machine machine) {
    return new FlameRunnerStatus(
        status.phase(),
        status.reason(),
        status.message(),
        status.launch(),
        machine,
        status.codeVersion(),
        status.phaseSince(),
        status.log(),
        status.conditions());
  }

  static FlameRunnerStatus ready(FlameRunnerStatus status, String codeVersion, Instant now) {
    FlameRunnerStatus ready = phase(status, Phase.Ready, null, null, now);
    return new FlameRunnerStatus(
        ready.phase(),
        null,
        null,
        ready.launch(),
        ready.machine(),
        codeVersion,
        ready.phaseSince(),
        ready.log(),
        ready.conditions());
  }

  /** The endpoint is withdrawn, the runner may finish its calls. */
  public static FlameRunnerStatus draining(
      FlameRunnerStatus status, EndReason reason, String message, Instant now) {
    return phase(status, Phase.Draining, reason.name(), message, now);
  }

  static FlameRunnerStatus stopping(
      FlameRunnerStatus status, EndReason reason, String message, List<String> lines, Instant now) {
    return withOutput(phase(status, Phase.Stopping, reason.name(), message, now), lines);
  }

  /**
   * Keeps what a machine wrote, and takes its own word for why it ended.
   *
   * @param more what is added where its word is all that is known; may be empty
   */
  static FlameRunnerStatus withOutput(FlameRunnerStatus status, MachineOutput output, String more) {
    FlameRunnerStatus kept = withOutput(status, output.lines());
    if (output.why().isEmpty()) {
      return kept;
    }
    String known = status.message() == null ? "" : status.message();
    String why =
        known.isEmpty() || known.equals(BootMessages.NO_CODE)
            ? output.why() + more
            : known + "; it said: " + output.why();
    return held(kept, kept.reason(), why);
  }

  /** Keeps the last lines a runner wrote; none leave those that are there. */
  static FlameRunnerStatus withOutput(FlameRunnerStatus status, List<String> lines) {
    return new FlameRunnerStatus(
        status.phase(),
        status.reason(),
        status.message(),
        status.launch(),
        status.machine(),
        status.codeVersion(),
        status.phaseSince(),
        lines.isEmpty() ? status.log() : last(lines),
        status.conditions());
  }

  private static FlameRunnerStatus phase(
      FlameRunnerStatus status,
      Phase phase,
      @Nullable String reason,
      @Nullable String message,
      Instant now) {
    return new FlameRunnerStatus(
        phase,
        reason,
        message == null || message.isEmpty() ? null : shorten(message, MAX_MESSAGE),
        status.launch(),
        status.machine(),
        status.codeVersion(),
        status.phase() == phase && status.phaseSince() != null
            ? status.phaseSince()
            : now.toString(),
        status.log(),
        status.conditions());
  }

  private static List<String> last(List<String> lines) {
    return lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size()).stream()
        .map(line -> shorten(line, MAX_LINE))
        .toList();
  }

  private static String shorten(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length);
  }

  /** The later of two durations until something is due; zero at least. */
  static Duration until(Instant due, Instant now) {
    Duration left = Duration.between(now, due);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
