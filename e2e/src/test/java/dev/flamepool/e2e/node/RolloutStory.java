package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An application calls copies of itself, and rolls out under them. */
@OnRealNode
class RolloutStory {
  private final Shop shop = Shop.open();

  @Test
  void eachBuildsCallsRunOnRunnersOfTheirBuild() throws Exception {
    shop.copies("lab", "max: 3, maxConcurrency: 1, idleShutdownAfter: 5s");
    assertThat(shop.call("lab", "build", 0)).isEqualTo("done v1 on lab-0");

    CompletableFuture<String> old = shop.running("lab", Duration.ofSeconds(8));
    shop.deploy("v2");

    assertThat(shop.call("lab", "build", 0)).startsWith("done v2 on lab-");
    assertThat(old.join()).isEqualTo("done slept on lab-0");
    Shop.await(
        "runners of the new build only",
        () -> !shop.get("flamerunners", "-o", "name").contains("lab-0"));
  }
}
