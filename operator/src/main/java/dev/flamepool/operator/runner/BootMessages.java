package dev.flamepool.operator.runner;

import dev.flamepool.api.Durations;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.control.RunnerReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What is said of a runner that is not ready, or never was, with the remedy that fits. Pure. */
final class BootMessages {
  /** What is said of an end that nothing more is known of. */
  static final String NO_CODE = "it ended without an exit code";

  /** For a process that ran without the library: nobody else needs to read it. */
  private static final String HINT =
      "is `if (Flame.serveIfRunner(App::start)) return;` the first line of the application's main,"
          + " or dev.flamepool.RunnerMain its command?";

  private static final String MORE_TIME =
      "raise spec.bootTimeout, or start less on runners (what serveIfRunner or"
          + " RunnerApplication.start is given to do)";

  /** From here on a code tells of a command that could not be run, or of a signal. */
  private static final int NOT_ITS_OWN = 126;

  /** What a kubelet calls the end of any process. */
  private static final Set<String> ORDINARY = Set.of("Completed", "Error");

  /** In what the library writes for people. */
  private static final String OF_THE_LIBRARY = "flame: ";

  private BootMessages() {}

  /** Of a machine that ended, or is gone. */
  static String ended(Sighting seen) {
    return seen.holding()
        .machine()
        .map(machine -> ended(machine, seen))
        .orElse("its machine is gone");
  }

  private static String ended(Machine machine, Sighting seen) {
    Optional<String> trouble = machine.trouble().map(Trouble::text);
    if (machine.exitCode().isEmpty()) {
      return trouble.orElse(NO_CODE);
    }
    String code = "exit code " + machine.exitCode().getAsInt() + whereInItsBoot(machine, seen);
    return trouble.map(words -> code + ", " + words).orElse(code);
  }

  private static String whereInItsBoot(Machine machine, Sighting seen) {
    if (RunnerStatus.wasReachable(seen.status())) {
      return "";
    }
    if (saidHello(seen.report())) {
      return ", before its application had started";
    }
    return isLibraryAbsent(machine) ? hint(machine.exitCode(), machine.lastLines()) : "";
  }

  /** A runner of this library leaves a cause; what the cluster does to a process, a reason. */
  private static boolean isLibraryAbsent(Machine machine) {
    return machine.cause().isEmpty()
        && machine.trouble().map(trouble -> ORDINARY.contains(trouble.reason())).orElse(true);
  }

  /**
   * What to look at after a process has ended by itself; empty unless its main ran without the
   * library.
   *
   * @param lines what it wrote last, as far as that is known
   */
  static String hint(OptionalInt exitCode, List<String> lines) {
    return exitCode.isPresent()
            && exitCode.getAsInt() < NOT_ITS_OWN
            && lines.stream().noneMatch(line -> line.contains(OF_THE_LIBRARY))
        ? " before it said hello: " + HINT
        : "";
  }

  /** Why it has not come so far, if that is to be read; else empty. */
  static String silence(Sighting seen, boolean late) {
    if (machine(seen, Machine.State.STARTING)) {
      return "";
    }
    String problem = seen.report().map(RunnerReport::problem).orElse("");
    if (problem.isEmpty() && machine(seen, Machine.State.RUNNING)) {
      problem = "its process runs and has not opened its port";
    }
    return late && !problem.isEmpty() && runsWithoutPort(seen) ? problem + "; " + HINT : problem;
  }

  /** What takes long on a runner that has said hello. */
  static String starting(Sighting seen) {
    return "its application has not started yet; it has until "
        + Durations.format(seen.times().boot())
        + " after its boot began (spec.bootTimeout)";
  }

  /** Of a machine that runs and that nobody can reach. */
  static String noRoute(Sighting seen) {
    return "its machine runs, but "
        + seen.report().orElseThrow().problem()
        + "; operator and callers must be in the runners' network: on Fly, or connected to it by"
        + " WireGuard; on EC2, in the VPC, or with reach: public";
  }

  /** Of a boot whose time is over. */
  static String late(Sighting seen) {
    String within = " within " + Durations.format(seen.times().boot());
    Optional<Trouble> trouble = seen.holding().machine().flatMap(Machine::trouble);
    if (trouble.isPresent()) {
      return "it did not start" + within + ": " + trouble.get().text();
    }
    String problem = seen.report().map(RunnerReport::problem).orElse("");
    if (saidHello(seen.report())) {
      return "it said hello, and its application did not start"
          + within
          + (problem.isEmpty() ? "; " + MORE_TIME : ": " + problem);
    }
    if (machine(seen, Machine.State.STARTING)) {
      return "its machine did not start" + within + "; if it takes longer, raise spec.bootTimeout";
    }
    return "no hello"
        + within
        + (problem.isEmpty() ? "" : ": " + problem)
        + (runsWithoutPort(seen) ? "; " + HINT : "");
  }

  /** Whether the library answered on it. */
  static boolean saidHello(Optional<RunnerReport> report) {
    return report.filter(one -> one.state() != RunnerReport.State.UNKNOWN).isPresent();
  }

  /** Whether its process is up, and nothing on it speaks for a runner. */
  private static boolean runsWithoutPort(Sighting seen) {
    return machine(seen, Machine.State.RUNNING)
        && !saidHello(seen.report())
        && seen.report().filter(report -> report.isRefusal() || report.isRouteMissing()).isEmpty();
  }

  private static boolean machine(Sighting seen, Machine.State state) {
    return seen.holding().machine().map(Machine::state).equals(Optional.of(state));
  }

  /** Whether so much of its boot time is over that who waits for it will soon give up. */
  static boolean isLate(Sighting seen) {
    Duration half = seen.times().boot().dividedBy(2);
    return !seen.now().isBefore(seen.since().plus(half));
  }
}
