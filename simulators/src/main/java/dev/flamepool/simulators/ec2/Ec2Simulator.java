package dev.flamepool.simulators.ec2;

import com.sun.net.httpserver.HttpServer;
import dev.flamepool.simulators.machine.DaemonThreads;
import dev.flamepool.simulators.machine.FileTrees;
import dev.flamepool.simulators.machine.LocalMachines;
import dev.flamepool.simulators.machine.MachineRuntime;
import dev.flamepool.simulators.machine.Ticker;
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
import org.jspecify.annotations.Nullable;

/**
 * EC2, and what of IMDS, S3 and SSM its instances need, on the loopback interface, plain HTTP: what
 * {@code docs/simulators.md} says. State lies in a folder; a simulator started on the folder of a
 * killed one has its instances. Thread-safe.
 */
public final class Ec2Simulator implements AutoCloseable {
  static {
    // Else the answer's last packet waits for an acknowledgement, 40 ms on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Ticker ticker;
  private final Cloud cloud;
  private final Faults faults;
  private final Store store;
  private final Journal journal = new Journal();
  private final @Nullable Path temporary;

  private Ec2Simulator(Ec2Options options) throws IOException {
    Path given = options.stateDir();
    temporary = given == null ? Files.createTempDirectory("ec2-simulator") : null;
    store = new Store(given == null ? temporary : given);
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 1024);
    MachineRuntime runtime = options.runtime();
    cloud =
        new Cloud(
            options,
            store,
            runtime == null ? new LocalMachines(store.machines()) : runtime,
            new Guest(uri().toString()));
    faults = new Faults(cloud, options);
    Signature signature = new Signature(options.accessKeys(), options.region());
    Objects objects = new Objects(store.buckets());
    for (String bucket : options.buckets()) {
      objects.create(bucket);
    }
    Edge edge =
        new Edge(
            options,
            new Ec2Service(cloud, faults, signature),
            new Imds(cloud),
            new S3(objects, signature),
            new Ssm(options, signature),
            faults,
            journal);
    server.createContext("/", edge);
    server.createContext("/_sim/", new Control(faults, journal));
    threads = Executors.newCachedThreadPool(DaemonThreads.named("ec2-simulator"));
    server.setExecutor(threads);
    ticker = new Ticker("ec2-simulator-clock", cloud::settle);
    server.start();
  }

  /**
   * Starts a simulator.
   *
   * @throws IOException if the port is taken or the state folder cannot be used
   */
  public static Ec2Simulator start(Ec2Options options) throws IOException {
    return new Ec2Simulator(options);
  }

  /**
   * {@code http://127.0.0.1:PORT}: the endpoint of EC2, S3 (by paths) and SSM; below {@code
   * /latest/} the metadata of the operator's own instance.
   */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What is to go wrong. */
  public Faults faults() {
    return faults;
  }

  /** The requests so far, at most the last 20,000. */
  public List<Served> requests() {
    return journal.served();
  }

  /** Where the objects of a bucket lie as files. */
  public Path bucket(String name) {
    return store.buckets().resolve(name);
  }

  /** What an instance has printed onto its console, the last 64 KiB; empty if nothing. */
  public byte[] console(String instanceId) {
    return store.console(instanceId);
  }

  /** Ids of the volumes that have outlived their instance, and would be paid. */
  public Set<String> leftVolumes() {
    return cloud.leftVolumes();
  }

  /** Does all that is due by the clock now; for tests that move the clock. */
  public void settle() {
    cloud.settle();
  }

  /** Ends every instance's process and the server. What lies in a given state folder stays. */
  @Override
  public void close() {
    ticker.close();
    server.stop(0);
    threads.shutdownNow();
    cloud.close();
    if (temporary != null) {
      try {
        FileTrees.delete(temporary);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
