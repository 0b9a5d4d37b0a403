package dev.flamepool.minicluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * minicluster as a process, on any free port: writes the kubeconfig that {@code --kubeconfig FILE}
 * names, prints one line when it is ready and ends on SIGTERM.
 */
public final class Main {
  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 2 || !args[0].equals("--kubeconfig")) {
      System.err.println("give --kubeconfig FILE, which is written");
      System.exit(2);
    }
    MiniCluster cluster = MiniCluster.start(0);
    cluster.writeKubeconfig(Path.of(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "close"));
    System.out.printf("minicluster is ready at %s, KUBECONFIG=%s%n", cluster.url(), args[1]);
    new CountDownLatch(1).await();
  }
}
