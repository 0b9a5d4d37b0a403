package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;

/** EC2 takes spot instances back, and says so two minutes before. */
class Ec2SpotTest extends Ec2Scenario {
  @Test
  void aRunnerThatIsTakenBackFinishesItsCallAndAnotherServesTheNext() throws Exception {
    start();
    cloud.options(", spot: true");
    startCloudOperator();
    pool(2, "");
    JavaProcess app = startApp("app", "work");
    app.say("patient first 10");
    assertThat(outcome(app, "first")).startsWith("done");
    Instance taken = cloud.instances().get(0);
    assertThat(taken.instanceLifecycle()).isEqualTo(InstanceLifecycleType.SPOT);
    assertThat(cloud.fetched()).as("the bundle").anyMatch(path -> path.endsWith(".tar.gz"));

    app.say("patient running 12000");
    cloud.fault("{\"interrupt\": \"%s\", \"millis\": 120000}".formatted(taken.instanceId()));
    await("the notice", () -> console(taken).contains("the runner drains"));
    await("the runner to drain", () -> runners().stream().anyMatch(Ec2SpotTest::isDraining));
    app.say("patient next 10");
    assertThat(outcome(app, "running")).startsWith("done").contains(runner(outcome(app, "first")));
    assertThat(outcome(app, "next"))
        .startsWith("done")
        .doesNotContain(runner(outcome(app, "first")));
    await(
        "the instance to have ended",
        () -> cloud.instances().stream().noneMatch(i -> i.instanceId().equals(taken.instanceId())));
    assertThat(console(taken)).contains("ended with 12");
    await(
        "the pool to say why",
        () ->
            status("work").orElseThrow().recentFailures() != null
                && status("work").orElseThrow().recentFailures().stream()
                    .anyMatch(failure -> failure.reason().equals("SpotInterrupted")));
    awaitZero();
  }

  private static boolean isDraining(FlameRunner runner) {
    return runner.getStatus() != null && runner.getStatus().phase() == Phase.Draining;
  }

  private static String runner(String outcome) {
    return outcome.replaceAll(".*(pid=\\d+).*", "$1");
  }

  private String console(Instance instance) throws Exception {
    return cloud.console(instance.instanceId());
  }
}
