package dev.flamepool.simulators.node;

import com.sun.net.httpserver.HttpServer;
import dev.flamepool.simulators.machine.FileTrees;
import dev.flamepool.simulators.machine.LocalMachines;
import dev.flamepool.simulators.machine.MachineRuntime;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cluster whose API server is elsewhere: what {@code docs/simulators.md} says. A
 * simulator started on the state folder of a killed one has its containers. Thread-safe.
 */
public final class NodeSimulator implements AutoCloseable {
  private final NodeFaults faults = new NodeFaults();
  private final Loop loop = new Loop();
  private final ApiServer api;
  private final MachineRuntime runtime;
  private final EventLog events;
  private final Scheduler scheduler;
  private final Kubelet kubelet;
  private final Heartbeat heartbeat;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Node> nodes;
  private final HttpServer control;
  private final ExecutorService threads = Executors.newCachedThreadPool(daemon("node-control"));
  private final @Nullable Path temporary;

  private NodeSimulator(NodeOptions options) throws IOException {
    Path given = options.stateDir();
    temporary = given == null ? Files.createTempDirectory("node-simulator") : null;
    Path folder = Files.createDirectories(given == null ? temporary : given).toRealPath();
    api = new ApiServer(options.cluster());
    events = new EventLog(api, options.clock(), options.name());
    Path machines = folder.resolve("machines");
    MachineRuntime other = options.runtime();
    runtime = other == null ? new LocalMachines(machines) : other;
    Volumes volumes = new Volumes(folder.resolve("volumes"), api);
    Starter starter = new Starter(options, faults, api, volumes, runtime, events, machines);
    scheduler = new Scheduler(api, events, faults, options);
    kubelet = new Kubelet(options, faults, api, runtime, volumes, starter, events, loop);
    control =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 64);
    control.createContext("/_sim/", new Control(faults, loop, kubelet, runtime));
    control.setExecutor(threads);
    heartbeat = new Heartbeat(options, faults, api);
    heartbeat.start();
    nodes = api.client().nodes().withName(options.name()).inform(told(scheduler::seen, node -> {}));
    pods = api.client().pods().inAnyNamespace().inform(told(this::seen, this::gone));
    // Everything that is there has been told before the first tick.
    loop.later(kubelet::endOrphans);
    loop.tick(
        () -> {
          if (options.scheduler()) {
            scheduler.tick();
          }
          kubelet.tick();
        });
    control.start();
  }

  private static Object act(Runnable task) {
    task.run();
    return "done";
  }

  static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  private <T> ResourceEventHandler<T> told(Consumer<T> seen, Consumer<T> gone) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        loop.later(() -> seen.accept(object));
      }

      @Override
      public void onUpdate(T before, T object) {
        loop.later(() -> seen.accept(object));
      }

      @Override
      public void onDelete(T object, boolean unknown) {
        loop.later(() -> gone.accept(object));
      }
    };
  }

  private void seen(Pod pod) {
    scheduler.seen(pod);
    kubelet.seen(pod);
  }

  private void gone(Pod pod) {
    gone(pod.getMetadata().getUid());
  }

  private void gone(String uid) {
    scheduler.gone(uid);
    kubelet.gone(uid);
  }

  /**
   * Registers the node and starts.
   *
   * @throws IOException if the port is taken or the state folder cannot be used
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses
   */
  public static NodeSimulator start(NodeOptions options) throws IOException {
    return new NodeSimulator(options);
  }

  /** The control interface: {@code http://127.0.0.1:PORT}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + control.getAddress().getPort());
  }

  /** What is to go wrong. */
  public NodeFaults faults() {
    return faults;
  }

  /**
   * Looks at the cluster itself instead of waiting to be told, and does all that is due by the
   * clock now; for tests that move the clock.
   */
  public void settle() {
    Object unused = loop.ask(() -> act(this::settleOnLoop));
  }

  private void settleOnLoop() {
    List<Pod> all = api.client().pods().inAnyNamespace().list().getItems();
    Set<String> present =
        all.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    scheduler.known().stream().filter(uid -> !present.contains(uid)).forEach(this::gone);
    all.forEach(this::seen);
    scheduler.tick();
    for (int step = 0; step < 4; step++) {
      kubelet.tick();
    }
  }

  /** Ends every container's process. Node and Pods stay in the API server as they are. */
  @Override
  public void close() {
    heartbeat.close();
    pods.close();
    nodes.close();
    control.stop(0);
    threads.shutdownNow();
    loop.close();
    kubelet.close();
    runtime.close();
    events.close();
    api.close();
    if (temporary != null) {
      try {
        FileTrees.delete(temporary);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
