package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.Main;
import dev.flamepool.operator.Operator;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * One test: a namespace, an operator and a folder for runners of its own; nothing is left of them
 * afterwards.
 */
abstract class Scenario {
  /** Of a busy host. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  final ClusterUnderTest cluster = ClusterUnderTest.shared();
  final KubernetesClient client = cluster.client();
  final String namespace = "e2e-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<Operator> operators = new ArrayList<>();
  private final List<JavaProcess> processes = new ArrayList<>();

  /** Logs and state. It stays where a test fails. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @BeforeEach
  void createNamespace() {
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterEach
  void nothingIsLeft() {
    try {
      if (operatorRuns()) {
        client.resources(FlamePool.class).inNamespace(namespace).delete();
        await(
            "the pools to be gone",
            () ->
                client
                    .resources(FlamePool.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .isEmpty());
      }
      await("every runner process to have ended", () -> runnerProcesses().isEmpty());
    } finally {
      operators.forEach(Operator::close);
      processes.forEach(JavaProcess::close);
      client.namespaces().withName(namespace).delete();
      client.nodes().withName(namespace).delete();
    }
  }

  private boolean operatorRuns() {
    return !operators.isEmpty() || processes.stream().anyMatch(JavaProcess::isAlive);
  }

  /** An operator in this JVM, which starts in no time. It is alone. */
  void startOperator(String... more) {
    List<String> options = operatorOptions(more);
    options.add("--no-leader-election");
    Main main = new Main();
    new CommandLine(main).parseArgs(options.toArray(new String[0]));
    Operator operator =
        new Operator(
            main.config(),
            () -> {
              throw new AssertionError("nobody else can lead");
            });
    operators.add(operator);
    operator.start();
  }

  /** An operator as a process of its own: to be killed, or for its log, {@code operator.log}. */
  JavaProcess startOperatorProcess(String... more) {
    List<String> command = operatorOptions(more);
    command.add(0, "dev.flamepool.operator.Main");
    return remember(JavaProcess.start(folder.resolve("operator.log"), command, Map.of()));
  }

  private List<String> operatorOptions(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--kubeconfig",
                operatorKubeconfig().toString(),
                "--namespace",
                namespace,
                "--state-dir",
                folder.resolve("runners").toString(),
                "--allow-local",
                "--local-class-path",
                JavaProcess.classPath()));
    options.addAll(List.of(more));
    if (!options.contains("--operator-namespace")) {
      options.addAll(List.of("--operator-namespace", namespace));
    }
    return options;
  }

  Path operatorKubeconfig() {
    return cluster.kubeconfig();
  }

  /** Starts the test application and waits until it has connected. */
  JavaProcess startApp(String name, String pool) throws IOException {
    return startApp(name, pool, JavaProcess.classPath());
  }

  /** The same with another class path. */
  JavaProcess startApp(String name, String pool, String classPath) throws IOException {
    Path config = kubeconfig(name);
    JavaProcess app =
        remember(
            JavaProcess.start(
                folder.resolve(name + ".log"),
                classPath,
                List.of("dev.flamepool.e2e.TestApp", pool),
                Map.of("KUBECONFIG", config.toString())));
    await(name + " to connect", () -> app.output().contains("connected"));
    return app;
  }

  /** The cluster's, for this test's namespace. */
  Path kubeconfig(String name) throws IOException {
    Path config = folder.resolve(name + ".kubeconfig");
    Files.writeString(
        config,
        Files.readString(cluster.kubeconfig())
            .replaceAll("namespace: [^,}\\n]+", "namespace: " + namespace));
    return config;
  }

  JavaProcess remember(JavaProcess process) {
    processes.add(process);
    return process;
  }

  /** Applies a pool; {@code spec} is YAML in flow style, without the backend. */
  void applyPool(String name, String spec) {
    FlamePool pool =
        Serialization.unmarshal(
            "apiVersion: flamepool.dev/v1alpha1\nkind: FlamePool\nmetadata: {name: "
                + name
                + ", namespace: "
                + namespace
                + "}\nspec: "
                + spec,
            FlamePool.class);
    client.resource(pool).fieldManager("e2e").forceConflicts().serverSideApply();
  }

  static String local(String options) {
    return "{" + options + ", backends: [{name: local, local: {" + jvmOptions() + "}}]}";
  }

  /** The field of a local backend whose runners are JVMs that live for seconds. */
  static String jvmOptions(String... more) {
    return JavaProcess.runnerOptions(more).stream()
        .collect(Collectors.joining("', '", "jvmOptions: ['", "']"));
  }

  FlamePool pool(String name) {
    return client.resources(FlamePool.class).inNamespace(namespace).withName(name).get();
  }

  Optional<FlamePoolStatus> status(String name) {
    return Optional.ofNullable(pool(name)).map(FlamePool::getStatus);
  }

  int ready(String name) {
    return status(name).map(FlamePoolStatus::ready).orElse(-1);
  }

  List<FlameRunner> runners() {
    return client.resources(FlameRunner.class).inNamespace(namespace).list().getItems();
  }

  List<FlameCaller> callers() {
    return client.resources(FlameCaller.class).inNamespace(namespace).list().getItems();
  }

  /** The runner processes of this test that are alive, by the pid files of their folders. */
  List<ProcessHandle> runnerProcesses() {
    Path runners = folder.resolve("runners");
    if (!Files.isDirectory(runners)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(runners)) {
      return folders
          .map(f -> f.resolve("pid"))
          .flatMap(Scenario::readPid)
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .filter(ProcessHandle::isAlive)
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Stream<Long> readPid(Path file) {
    try {
      return Stream.of(Long.valueOf(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException gone) {
      return Stream.empty();
    }
  }

  /**
   * Waits until something holds. What another thread throws is not this test's: other tests run
   * beside it, and JOSDK's timer throws where an object is deleted just as it is scheduled.
   */
  void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .dontCatchUncaughtExceptions()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(100))
        .until(condition);
  }

  /** The answer of an application's web server, whose port is in a line of its output. */
  String get(JavaProcess app, String portLine, String path) throws Exception {
    Pattern line = Pattern.compile(portLine);
    await(
        "the web server",
        () -> {
          assertThat(app.isAlive()).as(() -> String.join("\n", app.output())).isTrue();
          return app.output().stream().anyMatch(l -> line.matcher(l).find());
        });
    Matcher port = line.matcher(String.join("\n", app.output()));
    assertThat(port.find()).isTrue();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + path))
                    .timeout(Duration.ofSeconds(90))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  /** Waits for the outcome line of a call: {@code done ID ...} or {@code failed ID ...}. */
  String outcome(JavaProcess app, String id) {
    await("the outcome of call " + id, () -> outcomes(app, id).size() == 1);
    return outcomes(app, id).get(0);
  }

  List<String> outcomes(JavaProcess app, String id) {
    return app.output().stream()
        .filter(l -> l.startsWith("done " + id + " ") || l.startsWith("failed " + id + " "))
        .toList();
  }

  /** The process that did the work, as a {@code patient} or {@code call} says it. */
  static long pid(String outcome) {
    Matcher pid = Pattern.compile("^done .*pid=(\\d+)").matcher(outcome);
    assertThat(pid.find()).as(outcome).isTrue();
    return Long.parseLong(pid.group(1));
  }

  void secret(String name, Map<String, String> values) {
    SecretBuilder secret =
        new SecretBuilder().withNewMetadata().withName(name).withNamespace(namespace).endMetadata();
    values.forEach((key, value) -> secret.addToData(key, base64(value)));
    client.resource(secret.build()).create();
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
