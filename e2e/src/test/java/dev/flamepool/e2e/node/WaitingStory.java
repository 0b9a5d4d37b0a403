package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls wait for room that may come, and whoever waits can read what for. */
@OnRealNode
class WaitingStory {
  private static final String OPTIONS = "max: 1, bootTimeout: 60s, idleShutdownAfter: 20s";

  private final Shop shop = Shop.open();

  @Test
  void forANode() throws Exception {
    shop.copies("waiting", OPTIONS);
    shop.run("cordon", RealNode.NAME);
    CompletableFuture<String> call;
    try {
      call = shop.later("waiting", "build", 0);
      told("waiting", "Unschedulable");
    } finally {
      shop.run("uncordon", RealNode.NAME);
    }
    assertThat(call.join()).startsWith("done");
  }

  @Test
  void forQuota() throws Exception {
    shop.copies("quota", OPTIONS);
    shop.run("create", "quota", "none", "--hard=pods=1");
    CompletableFuture<String> call;
    try {
      Shop.await(
          "the quota to count",
          () -> shop.get("quota", "none", "-o", "jsonpath={.status.used.pods}").matches("\\d+"));
      call = shop.later("quota", "build", 0);
      told("quota", "exceeded quota: none");
    } finally {
      shop.run("delete", "quota", "none");
    }
    assertThat(call.join()).startsWith("done");
  }

  private void told(String pool, String words) {
    Shop.await("the pool to say " + words, () -> shop.status(pool, ".conditions").contains(words));
  }
}
