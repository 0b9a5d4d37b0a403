package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Node and its Lease as a kubelet writes them: pure functions. */
final class NodeObject {
  /** The address of every node: this host. */
  static final String HOST_IP = "127.0.0.1";

  static final String LEASES = "kube-node-lease";
  private static final int LEASE_SECONDS = 40;

  private NodeObject() {}

  static Node node(NodeOptions options) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("kubernetes.io/hostname", options.name());
    labels.put("kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", architecture());
    labels.putAll(options.labels());
    return new NodeBuilder()
        .withNewMetadata()
        .withName(options.name())
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withTaints(options.taints())
        .endSpec()
        .build();
  }

  /** The same with its status; {@code since} is when it became ready, or ceased to be. */
  static Node withStatus(NodeOptions options, boolean ready, Instant since, Instant now) {
    Map<String, Quantity> capacity =
        Map.of(
            "cpu",
            options.cpu(),
            "memory",
            options.memory(),
            "pods",
            new Quantity(Integer.toString(options.pods())));
    return new NodeBuilder(node(options))
        .withNewStatus()
        .withCapacity(capacity)
        .withAllocatable(capacity)
        .withConditions(conditions(ready, since, now))
        // And no Hostname, which API servers prefer: no name server knows it.
        .addNewAddress(HOST_IP, "InternalIP")
        .withNewNodeInfo()
        .withArchitecture(architecture())
        .withOperatingSystem("linux")
        .withKernelVersion(System.getProperty("os.version"))
        .withKubeletVersion("v1.34.0-simulated")
        .withContainerRuntimeVersion("flamepool://1")
        .withOsImage("simulated")
        .withBootID("")
        .withMachineID("")
        .withSystemUUID("")
        .withKubeProxyVersion("")
        .endNodeInfo()
        .endStatus()
        .build();
  }

  private static List<NodeCondition> conditions(boolean ready, Instant since, Instant now) {
    return List.of(
        pressure("MemoryPressure", "KubeletHasSufficientMemory", "sufficient memory", now),
        pressure("DiskPressure", "KubeletHasNoDiskPressure", "no disk pressure", now),
        pressure("PIDPressure", "KubeletHasSufficientPID", "sufficient PID", now),
        new NodeConditionBuilder()
            .withType("Ready")
            .withStatus(ready ? "True" : "False")
            .withReason(ready ? "KubeletReady" : "KubeletNotReady")
            .withMessage(ready ? "kubelet is posting ready status" : "container runtime is down")
            .withLastHeartbeatTime(time(now))
            .withLastTransitionTime(time(since))
            .build());
  }

  private static NodeCondition pressure(String type, String reason, String what, Instant now) {
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus("False")
        .withReason(reason)
        .withMessage("kubelet has " + what + " available")
        .withLastHeartbeatTime(time(now))
        .withLastTransitionTime(time(now))
        .build();
  }

  static Lease lease(NodeOptions options, Instant now) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(options.name())
        .withNamespace(LEASES)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(options.name())
        .withLeaseDurationSeconds(LEASE_SECONDS)
        .withRenewTime(now.truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC))
        .endSpec()
        .build();
  }

  /** As Kubernetes writes times: whole seconds. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String architecture() {
    String arch = System.getProperty("os.arch");
    return arch.equals("aarch64") ? "arm64" : arch.equals("x86_64") ? "amd64" : arch;
  }
}
