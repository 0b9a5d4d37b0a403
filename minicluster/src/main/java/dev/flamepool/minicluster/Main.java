package dev.flamepool.minicluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * minicluster as a process: {@code --port N} (default 0, any) and {@code --kubeconfig FILE}
 * (default a temporary file). Prints one line when it is ready and ends on SIGTERM.
 */
public final class Main {
  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = 0;
    Path kubeconfig = null;
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--port" -> port = Integer.parseInt(value);
        case "--kubeconfig" -> kubeconfig = Path.of(value);
        default -> {
          System.err.println(
              "unknown option " + args[i] + "; known are --port N and --kubeconfig FILE");
          System.exit(2);
        }
      }
    }
    MiniCluster cluster = MiniCluster.start(port);
    Path file =
        kubeconfig == null ? Files.createTempFile("minicluster", ".kubeconfig") : kubeconfig;
    cluster.writeKubeconfig(file);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "close"));
    System.out.println(
        "minicluster is ready at " + cluster.url() + ", KUBECONFIG=" + file.toAbsolutePath());
    new CountDownLatch(1).await();
  }
}
