package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The chart of the kinds is well formed, and keeps them when it is uninstalled. */
class CrdChartTest {
  private final Helm chart = new Helm(Path.of("flamepool-crds"));

  @Test
  void lintFindsNothing() {
    assertThat(chart.lint().strict().call().isFailed()).isFalse();
  }

  @Test
  void itInstallsTheFourKindsAndKeepsThem() {
    String rendered = chart.template().call();
    for (String kind : new String[] {"FlamePool", "FlameBackend", "FlameRunner", "FlameCaller"}) {
      assertThat(rendered).containsOnlyOnce("kind: \"" + kind + "\"");
    }
    assertThat(rendered.split("helm.sh/resource-policy", -1)).hasSize(5);
  }
}
