package dev.flamepool.e2e;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A test whose runners are Fly machines: real processes behind Fly's API. */
abstract class FlyScenario extends Scenario {
  FlyCloud fly;

  void start() {
    fly = FlyCloud.start(this);
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("fly")
                .withNamespace(namespace)
                .endMetadata()
                .addToData("token", encoded("FlyV1 " + FlyCloud.TOKEN))
                .addToData("password", encoded("pass word"))
                .build())
        .create();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  JavaProcess operator() {
    return startOperator("--allow-endpoints", fly.url(), "--no-leader-election");
  }

  void pool(int max, String more) {
    applyPool(
        "work",
        "{min: 0, max: %d, maxConcurrency: 2, idleShutdownAfter: 5s, %s backends: [%s]}"
            .formatted(max, more, fly.backend()));
  }
}
