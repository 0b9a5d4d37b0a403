package dev.flamepool.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
  private static FlameRunner runner(String maxLifetime) {
    return Serialization.unmarshal(
        "metadata: {name: p-0, namespace: n, uid: u}\nspec: {pool: p, shutdownTimeout: 1s,"
            + " orphanAfter: 1s, maxLifetime: "
            + maxLifetime
            + "}",
        FlameRunner.class);
  }

  @ParameterizedTest
  @CsvSource({"24h, PT24H", "10m, PT10M", "never, P365D", "99999h, P365D"})
  void aRunnerEndsBeforeItsCertificateWhateverThePoolSays(String maxLifetime, Duration life) {
    FlameRunnerSpec spec = runner(maxLifetime).getSpec();
    String told =
        new String(
            Base64.getDecoder()
                .decode(
                    ParentVariable.encode(
                        runner(maxLifetime), Serialization.unmarshal("{}", FlamePoolSpec.class))),
            StandardCharsets.UTF_8);
    assertThat(told).contains("maxLifetimeMs=" + life.toMillis() + "\n");
    assertThat(Lifetime.ofCertificate(spec)).isGreaterThanOrEqualTo(life.plusHours(1));
  }
}
