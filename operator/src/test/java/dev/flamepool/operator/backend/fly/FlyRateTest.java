package dev.flamepool.operator.backend.fly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.simulators.fly.FlyOptions;
import dev.flamepool.simulators.fly.FlySimulator;
import dev.flamepool.simulators.fly.Image;
import dev.flamepool.simulators.fly.Served;
import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.Launch;
import dev.flamepool.simulators.machine.MachineRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred runners in one app, against the simulator's own limits, under a controlled clock. */
class FlyRateTest {
  private static final int RUNNERS = 100;

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  /** Machines without processes. */
  private static final class Paper implements MachineRuntime {
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private Exits exits = (id, exit) -> {};

    @Override
    public void onExit(Exits listener) {
      exits = listener;
    }

    @Override
    public void start(Launch launch) {
      running.add(launch.id());
    }

    @Override
    public boolean isRunning(String id) {
      return running.contains(id);
    }

    @Override
    public Set<String> running() {
      return Set.copyOf(running);
    }

    @Override
    public void signal(String id, String signal) {
      if (running.remove(id)) {
        exits.ended(id, Exit.of(137));
      }
    }

    @Override
    public void remove(String id) {}

    @Override
    public void close() {}
  }

  @Test
  void noRequestIsRefusedForItsRateAndNoDeleteWaitsForCreates() throws Exception {
    Paper paper = new Paper();
    try (FlySimulator simulator =
        FlySimulator.start(
            new FlyOptions()
                .stateDir(folder)
                .clock(clock)
                .runtime(paper)
                .app("thumbs")
                .image("*", Image.ofCommand("true")))) {
      FlyRunnerBackend backend =
          new FlyRunnerBackend(
              new MemoryCredentials(Map.of("token", "fm2_any")),
              new Endpoints(Set.of(simulator.uri().toString())),
              Set.of(),
              Map.of(),
              clock);
      List<LaunchAttempt> waiting = new ArrayList<>();
      for (int n = 0; n < RUNNERS; n++) {
        MachineKey key = new MachineKey("here", "ns", "thumbs", "thumbs-" + n, "uid-" + n, 1);
        waiting.add(
            new LaunchAttempt(
                key,
                "t",
                "fra",
                FlyFixtures.entry(simulator.uri().toString(), "fra"),
                Boot.of(FlyFixtures.boot(key, Map.of()))));
      }
      List<LaunchAttempt> made = new ArrayList<>();
      int seconds = 0;
      boolean deleted = false;
      while (!waiting.isEmpty()) {
        for (LaunchAttempt attempt : List.copyOf(waiting)) {
          if (launched(backend, attempt)) {
            waiting.remove(attempt);
            made.add(attempt);
          }
        }
        for (LaunchAttempt attempt : made) {
          looked(backend, attempt.ref());
        }
        if (!deleted && seconds >= 20) {
          backend.delete(made.get(0).ref());
          deleted = true;
        }
        seconds++;
        clock.advance(Duration.ofSeconds(1));
        simulator.settle();
      }
      assertThat(seconds).as("a burst of 3, then 1 a second").isBetween(96, 99);
      assertThat(paper.running).hasSize(RUNNERS - 1);
      assertThat(simulator.requests()).extracting(Served::status).doesNotContain(429);
      assertThat(simulator.violations()).isEmpty();
    }
  }

  private static boolean launched(FlyRunnerBackend backend, LaunchAttempt attempt) {
    try {
      Machine machine = backend.launch(attempt);
      assertThat(machine.key()).isEqualTo(attempt.key());
      return true;
    } catch (BackendException e) {
      assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
      return false;
    }
  }

  private static void looked(FlyRunnerBackend backend, MachineRef ref) {
    try {
      backend.find(ref);
    } catch (BackendException e) {
      assertThat(e.kind()).isEqualTo(Kind.AMBIGUOUS);
    }
  }
}
