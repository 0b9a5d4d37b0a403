package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.Flame;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the JVMs of the tests do, once: an operator, an application, and a runner as a process of
 * its own. So it is known which classes they load.
 */
final class Training extends Scenario {
  private Training() {}

  /** {@code Training FILE}: the JVM of the runner lists its classes there. */
  public static void main(String[] arguments) throws Exception {
    Training training = new Training();
    training.folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "training");
    training.createNamespace();
    try {
      training.live(arguments[0]);
    } finally {
      training.nothingIsLeft();
    }
    System.exit(0);
  }

  private void live(String list) throws Exception {
    startOperator();
    applyPool(
        "work",
        "{min: 1, max: 1, backends: [{name: local, local: {%s}}]}"
            .formatted(jvmOptions("-XX:DumpLoadedClassList=" + list)));
    try (Flame flame =
        Flame.builder().kubeconfig(cluster.kubeconfig()).namespace(namespace).connect()) {
      assertThat(flame.pool("work").call(() -> Work.busyFor(1)).pid()).isPositive();
    }
  }
}
