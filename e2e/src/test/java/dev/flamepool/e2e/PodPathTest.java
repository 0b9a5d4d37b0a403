package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same application with Pods for runners, on a node whose Pods are real processes. */
class PodPathTest extends CloudScenario<NodeCloud> {
  @Test
  void aPoolGrowsWithItsDemandAndGoesBackToZero() throws Exception {
    use(NodeCloud.start(this), Map.of());
    JavaProcess app = grow();
    app.say("env host HOSTNAME");
    assertThat(outcome(app, "host")).matches("done host work-[0-2]");
    awaitZero();

    applyPool("odd", "{min: 1, backends: [%s]}".formatted(NodeCloud.backend("thumbs:v8")));
    await("the kubelet's words", () -> backendReady("odd").contains("thumbs:v8"));
    assertThat(backendReady("odd")).startsWith("InvalidConfiguration").contains("ImagePull");
  }
}
