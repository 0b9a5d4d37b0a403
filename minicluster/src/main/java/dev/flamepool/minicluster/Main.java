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
    Path file = null;
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      switch (args[i]) {
        case "--port" -> port = Integer.parseInt(value);
        case "--kubeconfig" -> file = Path.of(value);
        default -> {
          System.err.println("unknown option " + args[i] + "; use --port N, --kubeconfig FILE");
          System.exit(2);
        }
      }
    }
    MiniCluster cluster = MiniCluster.start(port);
    file = file != null ? file : Files.createTempFile("minicluster", ".kubeconfig");
    cluster.writeKubeconfig(file);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "close"));
    System.out.printf("minicluster is ready at %s, KUBECONFIG=%s%n", cluster.url(), file);
    new CountDownLatch(1).await();
  }
}
