package dev.flamepool.e2e;

import static dev.flamepool.e2e.Gate.Fate.LATE;
import static dev.flamepool.e2e.Gate.Fate.LOST;
import static dev.flamepool.e2e.Gate.Fate.UNANSWERED;
import static dev.flamepool.e2e.Kills.ending;
import static dev.flamepool.e2e.Kills.growing;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** kill -9 of the operator around its calls of the API server, with Pods for runners. */
class PodKillTest extends CloudScenario<NodeCloud> {
  private static final String CREATE = "^POST \\S+/pods[ ?]";
  private static final String DELETE = "^DELETE \\S+/pods/[\\w-]+[ ?]";

  @AutoClose Gate gate;
  private Path kubeconfig;

  @Override
  Path operatorKubeconfig() {
    return kubeconfig;
  }

  @TestFactory
  Stream<DynamicTest> aKilledOperatorLeavesNoPod() throws Exception {
    gate = Gate.before(cluster);
    kubeconfig = gate.kubeconfig(cluster, folder.resolve("operator.kubeconfig"));
    use(NodeCloud.start(this), Map.of());
    return new Kills(this, cloud, this::startCloudOperatorProcess, startApp("app", "none"))
        .at(
            growing(
                "own objects",
                "boot Secret unanswered",
                gate.trap(UNANSWERED, ApiPoints.BOOT_SECRET)),
            growing("own objects", "attempt lost", gate.trap(LOST, ApiPoints.ATTEMPT)),
            growing("Pod", "lost", gate.trap(LOST, CREATE)),
            growing("Pod", "late", gate.trap(LATE, CREATE)),
            growing("Pod", "unanswered", gate.trap(UNANSWERED, CREATE)),
            growing("record", "Pod known, its id lost", gate.trap(LOST, ApiPoints.MACHINE)),
            growing("record", "Pods wait on their node", new WaitingOnNode()),
            ending("delete", "late", gate.trap(LATE, DELETE)),
            ending("delete", "unanswered", gate.trap(UNANSWERED, DELETE)),
            ending("finalizer", "lost", gate.trap(LOST, ApiPoints.FINALIZER)));
  }

  /** The node has Pods and does not start them. */
  private final class WaitingOnNode implements Trap {
    @Override
    public void set() throws Exception {
      cloud.fault("{\"startDelayMillis\": 600000}");
    }

    @Override
    public boolean isSprung() throws Exception {
      return cloud.bound() > 0
          && cloud.processes().isEmpty()
          && runners().stream()
              .anyMatch(r -> r.getStatus() != null && r.getStatus().machine() != null);
    }

    @Override
    public void open() throws Exception {
      cloud.fault("{\"startDelayMillis\": 0}");
    }
  }
}
