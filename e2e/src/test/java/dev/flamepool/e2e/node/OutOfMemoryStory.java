package dev.flamepool.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A call that uses up its runner's memory. */
@OnRealNode
class OutOfMemoryStory {
  private final Shop shop = Shop.open();

  @Test
  void itsCallerIsToldWhicheverMemoryItWas() throws Exception {
    shop.copies("memory", "max: 3, maxConcurrency: 1, idleShutdownAfter: 20s");

    assertThat(shop.call("memory", "heap", 0)).startsWith("lost OutOfMemory");
    assertThat(shop.call("memory", "native", 0))
        .startsWith("lost OutOfMemory")
        .contains("OOMKilled");

    assertThat(shop.call("memory", "build", 0)).startsWith("done");
  }
}
