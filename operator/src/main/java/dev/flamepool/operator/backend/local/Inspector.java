package dev.flamepool.operator.backend.local;

import dev.flamepool.operator.backend.Machine;
import dev.flamepool.wire.EndCause;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads from a runner's folder how far its machine is. */
final class Inspector {
  /** Exit codes of a runner that ended in order; others are failures. */
  private static final Set<Integer> IN_ORDER = Set.of(0, 10, 11, 12, 13);

  /** From the start of a process until it holds its lock, with room for a busy host. */
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private final Children children;
  private final Attention attention;
  private final Clock clock;

  Inspector(Children children, Attention attention, Clock clock) {
    this.children = children;
    this.attention = attention;
    this.clock = clock;
  }

  Sighting look(RunnerFolder folder, Owner owner) throws IOException {
    Optional<RunnerFolder.Pid> pid = folder.pid();
    Optional<ProcessHandle> process = pid.flatMap(Processes::same);
    process.ifPresent(p -> attention.to(p, folder));
    return new Sighting(
        process.isPresent(),
        process.isEmpty() && folder.isLocked(),
        pid.isPresent(),
        clock.millis() < owner.createdMs() + SETTLE.toMillis(),
        folder.isClosed() || folder.isStopping() || folder.exit().isPresent(),
        folder.hasAddress());
  }

  Machine machine(RunnerFolder folder, Owner owner) throws IOException {
    Machine.State state = look(folder, owner).state();
    boolean ended = state == Machine.State.ENDED;
    Optional<RunnerFolder.Pid> pid = folder.pid();
    Optional<String[]> said = folder.exit().map(line -> line.split(" ", 3));
    OptionalInt code = ended ? exitCode(owner, pid, said) : OptionalInt.empty();
    boolean failed = ended && !(code.isPresent() && IN_ORDER.contains(code.getAsInt()));
    return new Machine(
        owner.key(),
        pid.map(p -> Long.toString(p.number())).orElse(owner.token()),
        folder.address(),
        state,
        code,
        said.filter(words -> words.length > 1).map(words -> EndCause.inStatus(words[1])).orElse(""),
        failed ? Output.lastLines(folder) : List.of());
  }

  private OptionalInt exitCode(
      Owner owner, Optional<RunnerFolder.Pid> pid, Optional<String[]> said) {
    if (said.isPresent() && said.get()[0].matches("\\d{1,3}")) {
      return OptionalInt.of(Integer.parseInt(said.get()[0]));
    }
    return pid.isPresent()
        ? children.exitCode(owner.key().runnerUid(), pid.get().number())
        : OptionalInt.empty();
  }
}
