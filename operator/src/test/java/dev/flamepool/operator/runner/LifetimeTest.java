package dev.flamepool.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.wire.ParentLines;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
  private static FlameRunner runner(String maxLifetime) {
    return Serialization.unmarshal(
        "metadata: {name: p-0, namespace: n, uid: u}\nspec: {pool: p, maxConcurrency: 1, singleUse: false, shutdownTimeout: 1s,"
            + " orphanAfter: 1s, maxLifetime: "
            + maxLifetime
            + "}",
        FlameRunner.class);
  }

  @ParameterizedTest
  @CsvSource({"24h, PT24H", "10m, PT10M", "never, P365D", "99999h, P365D"})
  void aRunnerEndsBeforeItsCertificateWhateverThePoolSays(String maxLifetime, Duration life) {
    FlameRunnerSpec spec = runner(maxLifetime).getSpec();
    ParentLines told =
        Parent.of(runner(maxLifetime), Serialization.unmarshal("{}", FlamePoolSpec.class));
    assertThat(told.get("maxLifetimeMs")).isEqualTo(String.valueOf(life.toMillis()));
    assertThat(Lifetime.ofCertificate(spec)).isGreaterThanOrEqualTo(life.plusHours(1));
  }
}
