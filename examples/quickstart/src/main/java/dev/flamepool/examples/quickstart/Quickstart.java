package dev.flamepool.examples.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The product's main job on one machine, without a cluster or an account: an embedded API server,
 * the operator and an application as three JVMs, and runners as real child JVMs that come with the
 * demand and go without it.
 */
public final class Quickstart {
  private static final List<String> KINDS =
      List.of("flamepools", "flamebackends", "flamerunners", "flamecallers");
  private static final String CHILD = Child.class.getName();
  private static final Duration START = Duration.ofSeconds(60);

  private final Path home =
      Path.of(Quickstart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  private final Path folder = Files.createTempDirectory("flamepool-");
  private final Path kubeconfig = folder.resolve("kubeconfig");
  private final Children children = new Children(folder);
  private final LiveTable table = new LiveTable(System.out);

  private Quickstart() throws IOException, URISyntaxException {}

  /** {@code quickstart.jar [IMAGE_FOLDER]}. */
  public static void main(String[] args) throws Exception {
    Quickstart quickstart = new Quickstart();
    Path images =
        args.length > 0 ? Path.of(args[0]) : quickstart.home.resolve("../../../images").normalize();
    if (!Files.isDirectory(images)) {
      System.err.println(images + " is not a folder: give the path of a folder with images");
      System.exit(2);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(quickstart.children::end, "end"));
    try {
      quickstart.run(images);
    } catch (IOException | IllegalStateException e) {
      if (!quickstart.children.ending()) {
        throw e;
      }
    }
  }

  private void run(Path images) throws Exception {
    long began = System.nanoTime();
    KubeApi api = startCluster();
    System.out.printf(
        "The cluster is up. In another terminal:%n%n  export KUBECONFIG=%s%n  kubectl get"
            + " flamepools --watch%n%n",
        kubeconfig);
    Process app = startApplication(images);
    while (!app.waitFor(100, TimeUnit.MILLISECONDS)) {
      table.show(api.poolTable());
    }
    if (app.exitValue() != 0) {
      System.err.printf("%nThe application failed; see %s%n", children.log("application"));
      System.exit(1);
    }
    await("the pool to be back at zero", () -> backAtZero(api));
    System.out.printf(
        "%nThe pool is back at zero runners, %.0f s after the start. Logs: %s%n",
        (System.nanoTime() - began) / 1e9, folder);
  }

  private KubeApi startCluster() throws IOException, InterruptedException {
    String classPath = Children.classPath(home);
    Process cluster =
        children.startQuietly(
            "minicluster",
            classPath,
            List.of(
                CHILD, "dev.flamepool.minicluster.Main", "--kubeconfig", kubeconfig.toString()));
    await("the cluster", () -> Files.exists(kubeconfig) && cluster.isAlive());
    KubeApi api = new KubeApi(kubeconfig);
    for (String kind : KINDS) {
      api.applyCrd(kind + ".flamepool.dev", resource("/dev/flamepool/crds/" + kind + ".yaml"));
    }
    children.startQuietly(
        "operator",
        classPath,
        List.of(
            CHILD,
            "dev.flamepool.operator.Main",
            "--kubeconfig",
            kubeconfig.toString(),
            "--state-dir",
            folder.resolve("runners").toString(),
            "--allow-local",
            "--local-class-path",
            Children.classPath(application())));
    api.applyPool(resource("pool.yaml"));
    return api;
  }

  private Process startApplication(Path images) throws IOException {
    return children.startInFront(
        Children.classPath(application()),
        List.of(
            "dev.flamepool.examples.thumbnails.ThumbnailsApp",
            images.toString(),
            folder.resolve("paintings").toString()),
        Map.of("KUBECONFIG", kubeconfig.toString()));
  }

  private Path application() {
    return home.resolve("../../../thumbnails/target/thumbnails.jar").normalize();
  }

  private boolean backAtZero(KubeApi api) {
    try {
      table.show(api.poolTable());
      JsonNode status = api.pool().path("status");
      return status.path("ready").asInt(-1) == 0
          && status.path("booting").asInt() == 0
          && status.path("draining").asInt() == 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void await(String what, BooleanSupplier done) throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited " + START.toSeconds() + " s for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Quickstart.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
