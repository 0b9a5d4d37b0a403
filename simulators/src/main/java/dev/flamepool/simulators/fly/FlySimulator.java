package dev.flamepool.simulators.fly;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Fly Machines on the loopback interface, plain HTTP: what {@code docs/simulators.md} says. State
 * lies in a folder; a simulator started on the folder of a killed one has its machines.
 * Thread-safe.
 */
public final class FlySimulator implements AutoCloseable {
  static {
    // Else the answer's last packet waits for an acknowledgement, 40 ms on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Ticker ticker;
  private final Cloud cloud;
  private final Faults faults;
  private final Journal journal = new Journal();
  private final @Nullable Path temporary;

  private FlySimulator(FlyOptions options) throws IOException {
    Path given = options.stateDir();
    temporary = given == null ? Files.createTempDirectory("fly-simulator") : null;
    Store store = new Store(given == null ? temporary : given);
    MachineRuntime runtime = options.runtime();
    cloud =
        new Cloud(options, store, runtime == null ? new LocalMachines(store.machines()) : runtime);
    faults = new Faults(cloud);
    Apps apps = new Apps(cloud, store);
    Api api = new Api(cloud, faults, apps);
    Tokens tokens = new Tokens(options, apps);
    server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 1024);
    server.createContext(
        "/", new HttpEdge(options, api, tokens, faults, Conformance.fly(), journal));
    server.createContext("/_sim/", new Control(faults, journal));
    threads = Executors.newCachedThreadPool(DaemonThreads.named("fly-simulator"));
    server.setExecutor(threads);
    ticker = new Ticker("fly-simulator-clock", cloud::settle);
    server.start();
  }

  /**
   * Starts a simulator.
   *
   * @throws IOException if the port is taken or the state folder cannot be used
   */
  public static FlySimulator start(FlyOptions options) throws IOException {
    return new FlySimulator(options);
  }

  /** What a pool gives as {@code fly.host}: {@code http://127.0.0.1:PORT}, without {@code /v1}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What is to go wrong. */
  public Faults faults() {
    return faults;
  }

  /** What requests and answers had that Fly's document does not allow. */
  public List<String> violations() {
    return journal.violations();
  }

  /** The requests so far, at most the last 20,000. */
  public List<Served> requests() {
    return journal.served();
  }

  /** Does all that is due by the clock now; for tests that move the clock. */
  public void settle() {
    cloud.settle();
  }

  /** Ends every machine's process and the server. What lies in a given state folder stays. */
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
