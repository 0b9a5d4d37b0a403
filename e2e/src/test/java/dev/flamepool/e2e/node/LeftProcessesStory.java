package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Processes that a call has left behind: they lose their parent and end by themselves. */
@OnRealNode
class LeftProcessesStory {
  private static final String OPTIONS = "max: 1, idleShutdownAfter: 5m";
  private static final int MANY = 20;

  private final Shop shop = Shop.open();

  @Test
  void theRunnerWarnsWhereNobodyReapsThem() throws Exception {
    shop.copies("litter", OPTIONS);
    assertThat(shop.call("litter", "litter", MANY)).startsWith("done left 20");
    Shop.await("all to be left", () -> ended("litter-0") == MANY);
    Shop.await(
        "the runner's warning",
        () -> shop.run("logs", "litter-0").contains("calls have left 20 child processes behind"));
  }

  @Test
  void thePodsInitReapsThemWhereItIsGivenOne() throws Exception {
    shop.altered("tidy", OPTIONS, "shareProcessNamespace: true");
    assertThat(shop.call("tidy", "litter", MANY)).startsWith("done left 20");
    Shop.await("none to be left", () -> !processes("tidy-0").contains("(sleep)"));
  }

  private long ended(String pod) throws IOException, InterruptedException {
    return processes(pod).lines().filter(line -> line.contains("(sleep) Z")).count();
  }

  private String processes(String pod) throws IOException, InterruptedException {
    return shop.run("exec", pod, "--", "sh", "-c", "cat /proc/[0-9]*/stat 2>&1");
  }
}
