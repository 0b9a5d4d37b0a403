package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Fly's API goes away and comes back; its machines do not. */
class FlyOutageTest extends FlyScenario {
  @Test
  void callsGoOnWhileFlysApiIsDownAndNothingIsLeftOnceItIsBack() throws Exception {
    start();
    startOperator("--allow-endpoints", cloud.url());
    applyPool(
        "work",
        "{min: 1, max: 2, maxConcurrency: 1, idleShutdownAfter: 5s, backends: [%s]}"
            .formatted(cloud.backend()));
    await("the kept runner", () -> ready("work") == 1);
    assertThat(status("work").orElseThrow().endpoints())
        .extracting(endpoint -> endpoint.address())
        .allMatch(address -> address.matches("\\[::ffff:127[.0-9]+]:7600"));
    JavaProcess app = startApp("app", "work");
    app.say("env machine FLY_MACHINE_ID");
    assertThat(outcome(app, "machine")).matches("done machine [0-9a-f]{14}");

    cloud.kill();
    app.say("patient down 100");
    assertThat(outcome(app, "down")).startsWith("done");
    assertThat(runnerProcesses()).hasSize(1);
    cloud = cloud.again(this);

    IntStream.range(0, 2).forEach(i -> app.say("patient again" + i + " 3000"));
    IntStream.range(0, 2).forEach(i -> assertThat(outcome(app, "again" + i)).startsWith("done"));
    await("the kept runner alone", () -> ready("work") == 1 && runners().size() == 1);
    await("its machine alone", () -> runnerProcesses().size() == 1);
    cloud.assertNothingWrong();
  }
}
