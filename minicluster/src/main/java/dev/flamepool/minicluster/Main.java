package dev.flamepool.minicluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * minicluster as a process, on any free port: writes the kubeconfig that {@code --kubeconfig FILE}
 * names, prints one line when it is ready and ends on SIGTERM.
 */
public final class Main {
  private static final String USAGE =
      "minicluster, an API server in memory: give --kubeconfig FILE, which is written";

  private Main() {}

  /** Runs until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.println(USAGE);
      return;
    }
    if (args.length != 2 || !args[0].equals("--kubeconfig")) {
      System.err.println(USAGE);
      System.exit(2);
    }
    MiniCluster cluster = MiniCluster.start(0);
    try {
      cluster.writeKubeconfig(Path.of(args[1]));
    } catch (IOException e) {
      System.err.println("--kubeconfig is '" + args[1] + "', which cannot be written: " + e);
      System.exit(1);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "close"));
    System.out.printf("minicluster is ready at %s, KUBECONFIG=%s%n", cluster.url(), args[1]);
    new CountDownLatch(1).await();
  }
}
