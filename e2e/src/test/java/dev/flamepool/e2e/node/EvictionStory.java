package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whoever takes a runner's Pod away waits until its call has ended. */
@OnRealNode
class EvictionStory {
  private static final Duration A_WHILE = Duration.ofSeconds(5);

  private final Shop shop = Shop.open();

  @Test
  void anEvictedRunnerFinishesItsCall() throws Exception {
    shop.copies("evicted", "max: 1, maxConcurrency: 1, idleShutdownAfter: 5m");
    CompletableFuture<String> call = shop.running("evicted", A_WHILE);
    assertThat(shop.get("pod", "evicted-0", "-o", "jsonpath={.metadata.annotations}"))
        .contains("karpenter.sh/do-not-disrupt", "cluster-autoscaler.kubernetes.io/safe-to-evict");
    String eviction =
        "{\"apiVersion\": \"policy/v1\", \"kind\": \"Eviction\","
            + " \"metadata\": {\"name\": \"evicted-0\", \"namespace\": \"shop\"}}";

    String path = "/api/v1/namespaces/shop/pods/evicted-0/eviction";
    shop.run("create", "--raw", path, "-f", shop.file(eviction));

    assertThat(call.join()).isEqualTo("done slept on evicted-0");
    Shop.await("no runner", () -> shop.status("evicted", ".ready").equals("0"));
  }

  @Test
  void aDrainedNodesRunnersFinishTheirCalls() throws Exception {
    shop.copies("drained", "max: 1, maxConcurrency: 1, idleShutdownAfter: 5m");
    CompletableFuture<String> call = shop.running("drained", A_WHILE);
    try {
      shop.run(
          "drain",
          RealNode.NAME,
          "--pod-selector=flamepool.dev/pool=drained",
          "--force",
          "--ignore-daemonsets",
          "--delete-emptydir-data",
          "--timeout=50s");
    } finally {
      shop.run("uncordon", RealNode.NAME);
    }
    assertThat(call.join()).isEqualTo("done slept on drained-0");
  }
}
