package dev.flamepool.e2e.node;

import dev.flamepool.e2e.Kubectl;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An application in namespace {@code shop}, with both charts installed from the build's own image:
 * once for all tests of a run.
 */
final class Shop {
  static final String NAMESPACE = "shop";

  /** Of the operator. */
  static final String SYSTEM = "flamepool-system";

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String APPLICATION = "orders";

  private final Kubectl kubectl = RealNode.kubectl(NAMESPACE);
  private final Path folder;
  private final String address;

  private Shop() throws IOException, InterruptedException {
    folder = Files.createDirectories(Path.of("target", "node-shop"));
    RealNode.load("operator");
    RealNode.load("examples/web-plain");
    for (String namespace : List.of(SYSTEM, NAMESPACE)) {
      kubectl.run("create", "namespace", namespace);
      kubectl.run("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    }
    RealNode.helm("default").run("install", "flamepool-crds", "../helm/flamepool-crds");
    RealNode.helm(SYSTEM).run("install", "flamepool", "../helm/flamepool-operator", "--wait");
    for (String build : List.of("v1", "v2")) {
      kubectl.run("create", "configmap", "app-" + build, "--from-file=app.jar=" + jar(build));
    }
    apply(Files.readString(Path.of("src/test/resources/node-shop.yaml")));
    rolledOut();
    address = get("service", APPLICATION, "-o", "jsonpath={.spec.clusterIP}");
  }

  /** The one of this JVM; it is installed when it is first asked for. */
  static Shop open() {
    return Only.SHOP;
  }

  private static final class Only {
    static final Shop SHOP = install();

    private static Shop install() {
      try {
        return new Shop();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The application's classes in one build of it. */
  private Path jar(String build) throws IOException {
    Path file = folder.resolve(build + ".jar");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("build"));
      jar.write(build.getBytes(StandardCharsets.UTF_8));
      String prefix = ShopApp.class.getName().replace('.', '/');
      Path classes = Path.of("target/test-classes");
      try (Stream<Path> files = Files.walk(classes)) {
        for (Path one : files.filter(Files::isRegularFile).sorted().toList()) {
          String name = classes.relativize(one).toString().replace(File.separatorChar, '/');
          if (name.equals(prefix + ".class") || name.startsWith(prefix + "$")) {
            jar.putNextEntry(new JarEntry(name));
            Files.copy(one, jar);
          }
        }
      }
    }
    return file;
  }

  /** Gives the application another build, and waits until only that one takes requests. */
  void deploy(String build) throws IOException, InterruptedException {
    kubectl.run(
        "patch",
        "deployment",
        APPLICATION,
        "--type=json",
        "-p=[{\"op\": \"replace\", \"path\": \"/spec/template/spec/volumes/0/configMap/name\","
            + " \"value\": \"app-%s\"}]".formatted(build));
    rolledOut();
  }

  private void rolledOut() throws IOException, InterruptedException {
    kubectl.run("rollout", "status", "deployment/" + APPLICATION, "--timeout=50s");
  }

  void apply(String yaml) throws IOException, InterruptedException {
    kubectl.run("apply", "-f", file(yaml));
  }

  /** A file with that text. */
  String file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "object", ".yaml"), text).toString();
  }

  /** A pool that the application may call. */
  void pool(String name, String spec) throws IOException, InterruptedException {
    apply(
        "{apiVersion: flamepool.dev/v1alpha1, kind: FlamePool, metadata: {name: %s}, spec: %s}"
            .formatted(name, spec));
    await("its Role", () -> !get("role", name + "-caller").isEmpty());
    kubectl.run(
        "create",
        "rolebinding",
        name,
        "--role=" + name + "-caller",
        "--serviceaccount=%s:%s".formatted(NAMESPACE, APPLICATION));
  }

  /** A pool whose runners are copies of the application. */
  void copies(String name, String options) throws IOException, InterruptedException {
    pool(
        name,
        "{%s, backends: [{name: cluster, pod: {runnerFrom: {deployment: %s}}}]}"
            .formatted(options, APPLICATION));
  }

  /** The same with something laid over the copy's Pod. */
  void altered(String name, String options, String spec) throws IOException, InterruptedException {
    pool(
        name,
        ("{%s, backends: [{name: cluster, pod: {runnerFrom: {deployment: %s}, template: {spec:"
                + " {%s}}}}]}")
            .formatted(options, APPLICATION, spec));
  }

  /** What a call came to that the application made. */
  String call(String pool, String what, int number) {
    try {
      return RealNode.request("http://%s/%s/%s/%d?60".formatted(address, pool, what, number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<String> later(String pool, String what, int number) {
    return CompletableFuture.supplyAsync(() -> call(pool, what, number));
  }

  /** A call that sleeps for so long, and runs by now. */
  CompletableFuture<String> running(String pool, Duration sleep) {
    CompletableFuture<String> call = later(pool, "sleep", (int) sleep.toMillis());
    await("the call to run", () -> status(pool, ".inFlight").equals("1"));
    return call;
  }

  String status(String pool, String path) throws IOException, InterruptedException {
    return get("flamepool", pool, "-o", "jsonpath={.status" + path + "}");
  }

  String get(String... what) throws IOException, InterruptedException {
    return run(Stream.concat(Stream.of("get"), Stream.of(what)).toArray(String[]::new));
  }

  /** What kubectl prints. */
  String run(String... command) throws IOException, InterruptedException {
    return kubectl.run(command).strip();
  }

  /** Until it holds; a command that fails says that it does not. */
  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsMatching(e -> true)
        .until(
            () -> {
              try {
                return condition.call();
              } catch (AssertionError e) {
                return false;
              }
            });
  }
}
