package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.api.Names;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One runner of a pool as the pool sees it. Equal to every other view of the same runner: comparing
 * whole objects would be the greater part of a pass.
 */
record RunnerView(FlameRunner runner, Optional<RunnerReport> report) {
  /** Its uid; its name while its create is under way. */
  String uid() {
    return isStored() ? runner.getMetadata().getUid() : name();
  }

  /** Whether its create was answered: before that nothing can be written about it. */
  boolean isStored() {
    return runner.getMetadata().getUid() != null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RunnerView view && view.uid().equals(uid());
  }

  @Override
  public int hashCode() {
    return uid().hashCode();
  }

  String name() {
    return runner.getMetadata().getName();
  }

  int ordinal() {
    return runner.getSpec().ordinal();
  }

  String revision() {
    return runner.getSpec().revision();
  }

  FlameRunnerStatus status() {
    return RunnerStatus.of(runner);
  }

  Phase phase() {
    return RunnerStatus.phase(runner);
  }

  boolean deleting() {
    return runner.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether it counts for the size of the pool: failed and ending ones never do. */
  boolean live() {
    return !deleting()
        && (phase() == Phase.Pending || phase() == Phase.Booting || phase() == Phase.Ready);
  }

  /** Whether calls may be sent to it. */
  boolean ready() {
    return !deleting()
        && phase() == Phase.Ready
        && status().machine() != null
        && status().machine().address() != null;
  }

  boolean booting() {
    return live() && phase() != Phase.Ready;
  }

  /** Whether it has ended and nothing of it is left but its record. */
  boolean ended() {
    return !deleting() && phase() == Phase.Gone;
  }

  Optional<EndReason> reason() {
    return EndReason.of(status().reason());
  }

  Instant since() {
    return RunnerStatus.since(status(), Instant.EPOCH);
  }

  Instant created() {
    String time = runner.getMetadata().getCreationTimestamp();
    return time == null ? Instant.EPOCH : Instant.parse(time);
  }

  int inFlight() {
    return report.filter(RunnerReport::connected).map(RunnerReport::inFlight).orElse(0);
  }

  /** The code version that it reported. */
  Optional<String> codeVersion() {
    return Optional.ofNullable(status().codeVersion());
  }

  /** The callers' code version that it was booted to find. */
  Optional<String> wanted() {
    Map<String, String> annotations = runner.getMetadata().getAnnotations();
    return Optional.ofNullable(annotations).map(all -> all.get(Names.WANTED_CODE_VERSION));
  }
}
