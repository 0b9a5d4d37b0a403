package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.control.RunnerReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The processes on the machines of a {@link ScriptedCloud}: they say hello when their machine runs,
 * have calls, and outlive operators. Thread-safe.
 */
public final class FakeRunners {
  private final ScriptedCloud cloud;
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Set<String> mute = new HashSet<>();
  private final Set<String> idling = new HashSet<>();
  private final Set<String> withdrawn = new HashSet<>();
  private final Map<String, String> codeVersions = new HashMap<>();
  private UnaryOperator<String> codeOf = uid -> "code-1";
  private boolean allMute;
  private boolean cutOff;
  private boolean dialling;
  private @Nullable BiFunction<String, RunnerReport, Optional<RunnerReport>> line;

  /** The processes on this cloud's machines. */
  public FakeRunners(ScriptedCloud cloud) {
    this.cloud = cloud;
  }

  /** Runners that boot from now on never answer. */
  public synchronized void muteAll(boolean mute) {
    allMute = mute;
  }

  /** No address of a machine can be reached from here. */
  public synchronized void cutOff(boolean now) {
    cutOff = now;
  }

  /** What is on the machines of runners that boot from now on, by uid. */
  public synchronized void code(UnaryOperator<String> ofUid) {
    codeOf = ofUid;
  }

  /** Calls running on a runner. */
  public synchronized void calls(String runnerUid, int calls) {
    inFlight.put(runnerUid, calls);
  }

  /** Connections are being made, and none is there or has failed yet. */
  public synchronized void dialling(boolean now) {
    dialling = now;
  }

  /** A runner stops answering although its machine runs. */
  public synchronized void mute(String runnerUid) {
    mute.add(runnerUid);
  }

  /** A runner answers again. */
  public synchronized void unmute(String runnerUid) {
    mute.remove(runnerUid);
  }

  /** What arrives of what runners say, by uid; null for all of it. */
  public synchronized void line(
      @Nullable BiFunction<String, RunnerReport, Optional<RunnerReport>> heard) {
    line = heard;
  }

  /** What was is no more read. */
  public synchronized void forgetPast() {
    Set<String> now =
        cloud.live().stream().map(machine -> machine.key().runnerUid()).collect(Collectors.toSet());
    codeVersions.keySet().retainAll(now);
    withdrawn.retainAll(now);
    idling.retainAll(now);
  }

  /** A runner says that it has idled. */
  public synchronized void idle(String runnerUid) {
    idling.add(runnerUid);
  }

  synchronized Set<String> withdrawn() {
    return Set.copyOf(withdrawn);
  }

  synchronized void withdraw(String runnerUid) {
    withdrawn.add(runnerUid);
  }

  synchronized Optional<RunnerReport> report(String runnerUid) {
    Optional<RunnerReport> said = said(runnerUid);
    return line == null ? said : said.flatMap(report -> line.apply(runnerUid, report));
  }

  private Optional<RunnerReport> said(String runnerUid) {
    if (dialling) {
      return Optional.empty();
    }
    Optional<Machine> machine =
        cloud.live().stream()
            .filter(m -> m.key().runnerUid().equals(runnerUid))
            .filter(m -> m.address().isPresent())
            .findFirst();
    if (cutOff && machine.isPresent()) {
      String problem = RunnerReport.NO_ROUTE + machine.get().address().orElseThrow();
      return Optional.of(new RunnerReport(false, "", RunnerReport.State.UNKNOWN, 0, "", problem));
    }
    if (machine.isEmpty() || allMute || mute.contains(runnerUid)) {
      return Optional.of(
          new RunnerReport(false, "", RunnerReport.State.UNKNOWN, 0, "", "connection refused"));
    }
    boolean idles = idling.contains(runnerUid);
    return Optional.of(
        new RunnerReport(
            true,
            codeVersions.computeIfAbsent(runnerUid, codeOf),
            idles ? RunnerReport.State.DRAINING : RunnerReport.State.SERVING,
            inFlight.getOrDefault(runnerUid, 0),
            idles ? "Idle" : "",
            ""));
  }
}
