package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls of every form from four processes for {@code -Dsoak.minutes} (10 unless given), with
 * runners and callers killed at random, an idle time short enough to churn, and a pool of single
 * use: run by {@code mvn verify -Dgroups=soak}.
 */
@Tag("soak")
class SoakTest extends Scenario {
  private static final Duration LENGTH = SoakCallers.length("10");

  private final Random random = new Random();
  private final List<JavaProcess> lives = new ArrayList<>();
  private int next;

  @Test
  void everyCallEndsOnceAndNothingIsLeft() throws Exception {
    Path ran = Files.createDirectory(folder.resolve("ran"));
    startOperator();
    applyPool("churn", local("min: 0, max: 3, maxConcurrency: 4, idleShutdownAfter: 500ms"));
    applyPool("single", local("min: 1, max: 2, singleUse: true, idleShutdownAfter: 2s"));
    List<JavaProcess> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      callers.add(startCaller(ran));
    }
    long end = System.nanoTime() + LENGTH.toNanos();
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(2_000 + random.nextInt(3_000));
      if (random.nextInt(4) == 0) {
        int victim = random.nextInt(callers.size());
        callers.get(victim).kill();
        callers.set(victim, startCaller(ran));
      } else {
        List<ProcessHandle> alive = runnerProcesses();
        if (!alive.isEmpty()) {
          alive.get(random.nextInt(alive.size())).destroyForcibly();
        }
      }
    }
    callers.forEach(caller -> caller.say("end"));
    for (JavaProcess caller : callers) {
      await("a caller to end", () -> !caller.isAlive());
      assertThat(SoakCallers.last(caller)).isEqualTo("left 0");
      SoakCallers.areFlat("a caller", caller);
      SoakCallers.noCallIsMissing(caller);
    }
    SoakCallers.eachCallEndedOnce(lives, ran);
    await("the churning pool to be at zero", () -> ready("churn") == 0);
    await(
        "the single-use pool to be at its minimum",
        () ->
            status("single").map(FlamePoolStatus::ready).orElse(-1) == 1 && runners().size() == 1);
    await("no demand", () -> callers().isEmpty());
    await("one process", () -> runnerProcesses().size() == 1);
  }

  private JavaProcess startCaller(Path ran) throws IOException {
    String name = "caller" + next++;
    JavaProcess caller =
        remember(
            JavaProcess.start(
                folder.resolve(name + ".log"),
                List.of("dev.flamepool.e2e.SoakApp", name, ran.toString(), "churn", "single"),
                Map.of("KUBECONFIG", kubeconfig(name).toString())));
    lives.add(caller);
    await(name + " to connect", () -> caller.output().contains("connected"));
    return caller;
  }
}
