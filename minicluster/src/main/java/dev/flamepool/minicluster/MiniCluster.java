package dev.flamepool.minicluster;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * An in-memory Kubernetes API server on the loopback interface, TLS with a bearer token. The
 * package says what it lacks.
 *
 * <p>Thread-safe. A watch holds a daemon thread while it lasts.
 */
public final class MiniCluster implements AutoCloseable {
  static {
    // Else the answer's last packet waits for an acknowledgement, 40 ms on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpsServer server;
  private final Tls tls;
  private final ExecutorService threads;
  private final HttpEdge edge;
  private final String token;

  private MiniCluster(int port, int history) throws IOException {
    token = new BigInteger(128, new SecureRandom()).toString(36);
    edge = new HttpEdge(new Api(new Store(history)), token);
    tls = new Tls();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    server = HttpsServer.create(address, 1024);
    server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "minicluster");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", edge);
    server.start();
  }

  /**
   * Starts an empty cluster with the namespaces {@code default} and {@code kube-system}.
   *
   * @param port the port on 127.0.0.1; 0 takes a free one
   * @throws IOException if the port is taken
   */
  public static MiniCluster start(int port) throws IOException {
    return new MiniCluster(port, 10_000);
  }

  /**
   * As {@link #start(int)}; watches can resume only within the last {@code history} changes, else
   * they get 410.
   */
  public static MiniCluster start(int port, int history) throws IOException {
    return new MiniCluster(port, history);
  }

  /** The server's base URL, such as {@code https://127.0.0.1:34567}. */
  public String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The bearer token that every request must carry. A secret. */
  public String token() {
    return token;
  }

  /** Sees every authenticated request from now on; replaces the hook before. */
  public void setHook(RequestHook hook) {
    edge.hook(hook);
  }

  /** For clients in this process: trusts this server's certificate, and nothing else. */
  public SSLContext clientTls() {
    return tls.context();
  }

  /** A kubeconfig for this cluster, namespace {@code default}. Holds the token. */
  public String kubeconfig() {
    return """
        apiVersion: v1
        kind: Config
        current-context: minicluster
        clusters: [{name: minicluster, cluster: {server: "%s", certificate-authority-data: "%s"}}]
        users: [{name: minicluster, user: {token: "%s"}}]
        contexts:
        - name: minicluster
          context: {cluster: minicluster, user: minicluster, namespace: default}
        """
        .formatted(url(), tls.authority(), token);
  }

  /**
   * Writes {@link #kubeconfig()} to the file in one step, readable by its owner only; replaces what
   * is there.
   */
  public void writeKubeconfig(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    // A temporary file is its owner's only.
    Path fresh = Files.createTempFile(folder, ".kubeconfig", "");
    Files.writeString(fresh, kubeconfig());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Stops at once: open requests and watches are cut. What was stored is gone. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
