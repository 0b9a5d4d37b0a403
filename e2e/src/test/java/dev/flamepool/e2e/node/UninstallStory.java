package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Nothing is left after {@code helm uninstall}. It is the last of all. */
@Order(Integer.MAX_VALUE)
@OnRealNode
class UninstallStory {
  private final Shop shop = Shop.open();

  @Test
  void allPoolsEndBeforeTheOperator() throws Exception {
    shop.copies("last", "min: 1, max: 1");
    Shop.await("a runner", () -> shop.status("last", ".ready").equals("1"));

    RealNode.helm(Shop.SYSTEM).run("uninstall", "flamepool");

    assertThat(shop.get("flamepools,flamerunners", "-A", "-o", "name"))
        .doesNotContain("flamepool.dev");
    assertThat(shop.get("pods", "-l", "flamepool.dev/pool", "-o", "name")).isEmpty();
    Shop.await("no operator", () -> shop.get("pods", "-n", Shop.SYSTEM, "-o", "name").isEmpty());
  }
}
