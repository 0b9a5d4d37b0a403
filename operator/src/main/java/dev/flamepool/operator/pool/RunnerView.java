package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.api.Names;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One runner of a pool as the pool sees it. Equal to every other view of the same runner: comparing
 * whole objects would be the greater part of a pass.
 */
record RunnerView(FlameRunner runner, Optional<RunnerReport> report) {
  private static final String SEPARATOR = "\n";

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

  /** Whether it has not started, for want of something outside that its status names. */
  boolean isHeld() {
    return booting()
        && status().reason() != null
        && !status().reason().equals(RunnerStatus.STARTING); // nothing but itself
  }

  /** Whether it was ready once: so it did boot. */
  boolean wasReady() {
    return codeVersion().isPresent();
  }

  /** Whether it has ended for good, and its record says why. */
  boolean ended() {
    return !deleting() && (phase() == Phase.Stopping || phase() == Phase.Gone);
  }

  Optional<EndReason> reason() {
    return EndReason.of(status().reason());
  }

  Instant since() {
    return RunnerStatus.since(status(), Instant.EPOCH);
  }

  /** Whether it has ended without ever having been ready, although it was not refused. */
  boolean failedToBoot() {
    if (!ended() || wasReady() || reason().isEmpty()) {
      return false;
    }
    return switch (reason().get().kind()) {
      case BOOT_FAILURE, ORDERLY -> reason().get() == EndReason.BootSecretLost || hasMachine();
      case LOST -> reason().get() != EndReason.SpotInterrupted;
      case REFUSED, VOLUNTARY -> false;
    };
  }

  private boolean hasMachine() {
    return status().machine() != null;
  }

  /** Whether its machine was asked for after an instant, and proves that there is one to be had. */
  boolean isServedAfter(Instant instant) {
    boolean launchedAfter =
        status().launch() != null
            && status().launch().time() != null
            && Instant.parse(status().launch().time()).isAfter(instant);
    // An API server accepts every Pod, whether a node will ever have it or not.
    boolean isPod = runner.getSpec().backend().pod() != null;
    return launchedAfter && (isPod ? wasReady() : hasMachine());
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

  /** Whether it was made under another authority than its pool has now. */
  boolean isRevoked(Optional<String> authority) {
    Map<String, String> annotations = runner.getMetadata().getAnnotations();
    String own = annotations == null ? null : annotations.get(Names.AUTHORITY);
    return own != null && authority.isPresent() && !own.equals(authority.get());
  }

  /** The callers' code versions that it was booted to find. */
  Set<String> wanted() {
    Map<String, String> annotations = runner.getMetadata().getAnnotations();
    String joined = annotations == null ? null : annotations.get(Names.WANTED_CODE_VERSION);
    return joined == null ? Set.of() : Set.of(joined.split(SEPARATOR, -1));
  }

  /** Annotations of a runner that is booted to find code versions; null for none. */
  static @Nullable Map<String, String> wanting(Collection<String> versions) {
    return versions.isEmpty()
        ? null
        : Map.of(Names.WANTED_CODE_VERSION, String.join(SEPARATOR, versions));
  }
}
