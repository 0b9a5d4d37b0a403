package dev.flamepool.simulators.node;

import dev.flamepool.simulators.machine.MachineRuntime;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a node is set up. Not thread-safe; not to be changed once a simulator has started with it.
 */
public final class NodeOptions {
  private @Nullable Config cluster;
  private String name = "node-0";
  private int port;
  private @Nullable Path stateDir;
  private Clock clock = Clock.systemUTC();
  private @Nullable MachineRuntime runtime;
  private final Map<String, Image> images = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final List<Taint> taints = new ArrayList<>();
  private Quantity cpu = new Quantity("8");
  private Quantity memory = new Quantity("16Gi");
  private int pods = 110;
  private final Set<String> namespaces = new LinkedHashSet<>();
  private boolean scheduler = true;
  private Duration backOff = Duration.ofSeconds(10);
  private Duration retry = Duration.ofSeconds(1);

  /** The API server; needed. Whoever it is may do all that schedulers and kubelets do. */
  public NodeOptions cluster(Config value) {
    cluster = value;
    return this;
  }

  /** The API server of a kubeconfig's current context. */
  public NodeOptions kubeconfig(Path file) {
    return cluster(Config.fromKubeconfig(file.toFile()));
  }

  /** The Node's name; {@code node-0} unless given. */
  public NodeOptions name(String value) {
    name = value;
    return this;
  }

  /** The port of the control interface on 127.0.0.1; 0, the default, takes a free one. */
  public NodeOptions port(int value) {
    port = value;
    return this;
  }

  /** Where containers and volumes lie; a temporary folder that goes with the simulator else. */
  public NodeOptions stateDir(Path value) {
    stateDir = value;
    return this;
  }

  /** What pauses, deadlines and times go by; the system's unless given. */
  public NodeOptions clock(Clock value) {
    clock = value;
    return this;
  }

  /** What runs containers; processes of this host unless given. The simulator closes it. */
  public NodeOptions runtime(MachineRuntime value) {
    runtime = value;
    return this;
  }

  /** What containers of an image run; {@code *} stands for every image without its own. */
  public NodeOptions image(String image, Image value) {
    images.put(image, value);
    return this;
  }

  /** A label of the Node. */
  public NodeOptions label(String key, String value) {
    labels.put(key, value);
    return this;
  }

  /** A taint of the Node, when it is registered for the first time. */
  public NodeOptions taint(String key, String value, String effect) {
    taints.add(new Taint(effect, key, null, value));
    return this;
  }

  /** Its CPUs, such as {@code 4} or {@code 500m}; 8 unless given. Nothing enforces them. */
  public NodeOptions cpu(String value) {
    cpu = new Quantity(value);
    return this;
  }

  /** Its memory, such as {@code 2Gi}; 16Gi unless given. Nothing enforces it. */
  public NodeOptions memory(String value) {
    memory = new Quantity(value);
    return this;
  }

  /** How many Pods it takes; 110 unless given. */
  public NodeOptions pods(int value) {
    pods = value;
    return this;
  }

  /**
   * A namespace whose Pods it schedules; all unless one is given. So several simulators share a
   * cluster.
   */
  public NodeOptions namespace(String value) {
    namespaces.add(value);
    return this;
  }

  /** Whether it schedules Pods to itself; true unless given. */
  public NodeOptions scheduler(boolean value) {
    scheduler = value;
    return this;
  }

  /** The first pause before a container or a pull is tried again; 10 s unless given. */
  public NodeOptions backOff(Duration value) {
    backOff = value;
    return this;
  }

  /** How soon what was missing is looked for again; 1 s unless given. */
  public NodeOptions retry(Duration value) {
    retry = value;
    return this;
  }

  Config cluster() {
    return Objects.requireNonNull(cluster, "the API server is missing: give a kubeconfig");
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  @Nullable Path stateDir() {
    return stateDir;
  }

  Clock clock() {
    return clock;
  }

  @Nullable MachineRuntime runtime() {
    return runtime;
  }

  @Nullable Image image(String image) {
    return images.getOrDefault(image, images.get("*"));
  }

  Map<String, String> labels() {
    return labels;
  }

  List<Taint> taints() {
    return taints;
  }

  Quantity cpu() {
    return cpu;
  }

  Quantity memory() {
    return memory;
  }

  int pods() {
    return pods;
  }

  boolean schedules(String namespace) {
    return namespaces.isEmpty() || namespaces.contains(namespace);
  }

  boolean scheduler() {
    return scheduler;
  }

  Duration backOff() {
    return backOff;
  }

  Duration retry() {
    return retry;
  }
}
