package dev.flamepool.simulators.node;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The same on a real control plane, where one is given. */
@EnabledIfEnvironmentVariable(named = "FLAMEPOOL_REAL_KUBECONFIG", matches = ".+")
class NodeOnRealClusterTest extends NodeTest {
  @Override
  Cluster cluster() throws IOException {
    return Cluster.real(Path.of(System.getenv("FLAMEPOOL_REAL_KUBECONFIG")));
  }
}
