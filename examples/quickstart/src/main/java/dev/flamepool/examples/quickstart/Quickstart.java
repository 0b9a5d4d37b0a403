package dev.flamepool.examples.quickstart;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The product's main job on one machine, without a cluster or an account: an embedded API server
 * and the operator in this JVM, an application in a second one, and runners as real child JVMs that
 * come with the demand and go without it. With {@code --backend fly} or {@code ec2} they are
 * machines of a cloud that is simulated in this JVM.
 */
public final class Quickstart {
  private static final String USAGE =
      """
      usage: java -jar quickstart.jar [--backend local|fly|ec2] [IMAGE_FOLDER]
        --backend NAME   where runners come from: JVMs of this host, unless given, or a simulated
                         cloud
        IMAGE_FOLDER     images to paint; the examples' own unless given
      """;

  private final Path home =
      Path.of(Quickstart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  private final Path folder = Files.createTempDirectory("flamepool-");
  private final Path kubeconfig = folder.resolve("kubeconfig");

  private Quickstart() throws IOException, URISyntaxException {}

  /** {@code quickstart.jar [--backend local|fly|ec2] [IMAGE_FOLDER]}. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Quickstart quickstart = new Quickstart();
    List<String> rest = new ArrayList<>(List.of(args));
    Backend backend = Backend.LOCAL;
    if (!rest.isEmpty() && rest.get(0).equals("--backend")) {
      Optional<Backend> named = rest.size() < 2 ? Optional.empty() : Backend.of(rest.get(1));
      if (named.isEmpty()) {
        System.err.println("--backend must be local, or fly or ec2, which are simulated here");
        System.exit(2);
      }
      backend = named.get();
      rest = rest.subList(2, rest.size());
    }
    Optional<String> unknown = rest.stream().filter(given -> given.startsWith("-")).findFirst();
    if (unknown.isPresent() || rest.size() > 1) {
      System.err.println(unknown.orElse(rest.get(rest.size() - 1)) + " is no option");
      System.err.print(USAGE);
      System.exit(2);
    }
    Path images =
        rest.isEmpty()
            ? quickstart.home.resolve("../../../images").normalize()
            : Path.of(rest.get(0));
    if (!Files.isDirectory(images)) {
      System.err.println(images + " is not a folder: give the path of a folder with images");
      System.exit(2);
    }
    System.exit(quickstart.run(images, backend));
  }

  private int run(Path images, Backend backend) throws Exception {
    System.setProperty("logback.configurationFile", "logback-quickstart.xml");
    System.setProperty("quickstart.log", folder.resolve("operator.log").toString());
    Application application = new Application(sibling("thumbnails/target/thumbnails.jar"), folder);
    try (Platform platform = new Platform(kubeconfig, folder, application.classPath(), backend)) {
      Thread end = new Thread(() -> end(application, platform), "end");
      Runtime.getRuntime().addShutdownHook(end);
      System.out.printf(
          "The cluster is up. In another terminal:%n%n  export KUBECONFIG=%s%n  kubectl get"
              + " flamepools --watch%n%n",
          kubeconfig);
      int code = demonstrate(application, platform, images);
      Runtime.getRuntime().removeShutdownHook(end);
      return code;
    } catch (IllegalStateException ending) {
      // Ctrl-C: what fails while everything is being ended is no failure
      return 1;
    }
  }

  private int demonstrate(Application application, Platform platform, Path images)
      throws Exception {
    LiveTable table = new LiveTable(System.out);
    Process app = application.start(kubeconfig, images, folder.resolve("paintings"));
    platform.work();
    while (!app.waitFor(100, TimeUnit.MILLISECONDS)) {
      table.show(platform.poolTable());
    }
    if (app.exitValue() > 128) {
      return app.exitValue(); // Ctrl-C reaches it too
    }
    if (app.exitValue() != 0) {
      System.err.printf("%nThe application failed; see %s%n", application.log());
      return 1;
    }
    while (!platform.isBackAtZero()) {
      table.show(platform.poolTable());
      TimeUnit.MILLISECONDS.sleep(50);
    }
    table.show(platform.poolTable());
    System.out.printf(
        "%nThe pool is back at zero runners, %.0f s after the start. Logs: %s%n",
        platform.secondsSinceStart(), folder);
    return 0;
  }

  private static void end(Application application, Platform platform) {
    application.close();
    platform.close();
  }

  private Path sibling(String path) {
    return home.resolve("../../..").resolve(path).normalize();
  }
}
