package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The images that the build makes, run from their own files with their own commands: the
 * operator's, and the example's that is application and runner. The JVM is this one, as the images
 * are made without.
 */
class ImageTest extends CloudScenario<NodeCloud> {
  private static final String OPERATOR = "image-without-jvm.tar";
  private static final Path DOCKERFILE = Path.of("../operator/src/main/docker/Dockerfile");

  private static final String OF_JIB = "app/jib-classpath-file|app/jib-main-class-file";

  /** Of folders and of its own files. */
  private static final Instant TIME_OF_JIB = Instant.ofEpochSecond(1);

  @Test
  void theOperatorsImageIsTheSameForTheSameJarsAndRunsAsNobody() throws IOException {
    UnpackedImage image = unpack("operator", OPERATOR);

    assertThat(image.config().path("User").asText()).isEqualTo("65532:65532");
    assertThat(image.config().path("WorkingDir").asText()).isEqualTo("/tmp");
    assertThat(image.config().path("ExposedPorts").fieldNames()).toIterable().hasSize(1);
    assertThat(image.config().path("Labels").path("org.opencontainers.image.title").asText())
        .isEqualTo("flamepool-operator");
    assertThat(image.list("Env")).isEmpty();
    assertThat(image.list("Cmd")).isEmpty();
    assertThat(image.list("Entrypoint"))
        .containsExactly("java", "-cp", "@/app/jib-classpath-file", "dev.flamepool.operator.Main");
    assertReproducible(image);
  }

  @Test
  void theOperatorServesPoolsFromAClassDataArchiveAndWritesNothing() throws Exception {
    UnpackedImage image = unpack("operator", OPERATOR);
    assertThat(help(image)).contains("Usage: flamepool-operator").contains("--health-port");
    archive(image);
    Map<Path, FileTime> before = image.freeze();
    try {
      Path classes = folder.resolve("classes");
      List<String> command = new ArrayList<>(image.arguments());
      command.addAll(
          List.of("--kubeconfig", operatorKubeconfig().toString(), "--namespace", namespace));
      command.addAll(List.of("--operator-namespace", namespace, "--no-leader-election"));
      JavaProcess operator =
          remember(
              JavaProcess.startJvm(
                  folder.resolve("operator.log"),
                  command,
                  Map.of(
                      "JDK_JAVA_OPTIONS",
                      image.here(instruction("ENV").split("=", 2)[1])
                          + " -Xlog:class+load:file="
                          + classes)));
      applyPool("work", "{min: 0, max: 1}");
      await("the pool's status", () -> status("work").isPresent());
      assertThat(archived(classes))
          .contains(
              "dev.flamepool.operator.Operator",
              "io.fabric8.kubernetes.client.Config",
              "io.javaoperatorsdk.operator.Operator");
      assertThat(operator.isAlive()).isTrue();
      client.resources(FlamePool.class).inNamespace(namespace).delete();
      await("the pool to be gone", () -> pool("work") == null);
      operator.terminate();
      assertThat(image.files()).isEqualTo(before);
    } finally {
      image.thaw();
    }
  }

  @Test
  void anApplicationsImageIsApplicationAndRunner() throws Exception {
    UnpackedImage image = unpack("examples/web-plain", "jib-image.tar");
    assertThat(image.config().path("User").asText()).isEqualTo("65532:65532");
    assertReproducible(image);
    Map<Path, FileTime> before = image.freeze();
    try {
      String command = JavaProcess.java() + " " + String.join(" ", image.arguments());
      use(NodeCloud.startWith(this, "shop/orders:1=exec:" + command), Map.of());
      startCloudOperator();
      deployment();
      applyPool(
          "orders",
          "{min: 0, max: 1, bootTimeout: 60s, idleShutdownAfter: 2s,"
              + " backends: [{name: cluster, pod: {runnerFrom: {deployment: orders}}}]}");
      List<String> application = new ArrayList<>(image.arguments());
      application.add("0");
      JavaProcess app =
          remember(
              JavaProcess.startJvm(
                  folder.resolve("app.log"),
                  application,
                  Map.of("KUBECONFIG", kubeconfig("app").toString())));
      assertThat(get(app, "web server on port (\\d+)", "/total?7"))
          .isEqualTo("total 700 on orders-0 with 2 connections");
      await("zero runners", () -> ready("orders") == 0 && runners().isEmpty());
      awaitNoMachine();
      assertThat(image.files()).isEqualTo(before);
    } finally {
      image.thaw();
    }
  }

  /** Only jars and jib's own files, of times that are always the same, and nobody's to change. */
  private static void assertReproducible(UnpackedImage image) {
    Instant created = Instant.parse(image.created());
    assertThat(image.entries())
        .isNotEmpty()
        .allSatisfy(
            entry -> {
              assertThat(entry.path())
                  .matches(
                      "app/?|app/(libs|classpath)/?|app/(libs|classpath)/[^/]+[.]jar|" + OF_JIB);
              assertThat(entry.mode() & 0022).as("others' rights to " + entry.path()).isZero();
              assertThat(List.of(entry.uid(), entry.gid())).containsExactly(0, 0);
              assertThat(entry.modified())
                  .isEqualTo(entry.path().endsWith(".jar") ? created : TIME_OF_JIB);
            });
    // One jar matches the wildcard, so that there is one order.
    assertThat(image.classPath()).startsWith("/app/classpath/*");
    assertThat(image.jars("app/classpath/")).hasSize(1);
    assertThat(image.classPath().stream().skip(1).map(path -> path.substring(1)))
        .containsExactlyInAnyOrderElementsOf(image.jars("app/libs/"));
  }

  private UnpackedImage unpack(String module, String name) throws IOException {
    return UnpackedImage.of(
        module, name, Files.createDirectory(folder.resolve("image")).toRealPath());
  }

  private String help(UnpackedImage image) {
    List<String> command = new ArrayList<>(image.arguments());
    command.add("--help");
    Path log = folder.resolve("help.log");
    JavaProcess help = remember(JavaProcess.startJvm(log, command, Map.of()));
    assertThat(help.exitCode()).isZero();
    return String.join("\n", help.output());
  }

  /** What the Dockerfile does over the image. */
  private void archive(UnpackedImage image) throws Exception {
    Path log = folder.resolve("archive.log");
    ProcessBuilder run =
        new ProcessBuilder("sh", "-c", image.here(instruction("RUN")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String bin = Path.of(JavaProcess.java()).getParent().toString();
    run.environment().merge("PATH", bin, (path, own) -> own + File.pathSeparator + path);
    run.environment().remove("KUBECONFIG");
    Process process = run.start();
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(() -> read(log)).isZero();
  }

  private static String instruction(String name) throws IOException {
    return Files.readAllLines(DOCKERFILE).stream()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /** The classes that came from the archive of the application, by the JVM's own log. */
  private static List<String> archived(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.endsWith("source: shared objects file (top)"))
        .map(line -> line.replaceAll(".*\\] *(\\S+) source:.*", "$1"))
        .toList();
  }

  /**
   * The application's own, of which runners are a copy. No replica: the test is the application.
   */
  private void deployment() {
    client
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: orders, namespace: %s}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: orders}}
                  template:
                    metadata: {labels: {app: orders}}
                    spec:
                      containers:
                      - name: web
                        image: shop/orders:1
                        resources: {requests: {cpu: 500m, memory: 128Mi}}
                """
                    .formatted(namespace),
                Deployment.class))
        .create();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
