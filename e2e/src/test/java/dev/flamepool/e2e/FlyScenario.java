package dev.flamepool.e2e;

import java.util.Map;

/** A test whose runners are Fly machines: real processes behind Fly's API. */
abstract class FlyScenario extends CloudScenario<FlyCloud> {
  void start() {
    use(FlyCloud.start(this), Map.of("token", "FlyV1 " + FlyCloud.TOKEN));
    isSecret(FlyCloud.TOKEN);
  }
}
