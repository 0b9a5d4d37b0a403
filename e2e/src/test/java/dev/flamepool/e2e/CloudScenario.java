package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A test whose runners are machines of a simulated cloud. */
abstract class CloudScenario<C extends SimulatedCloud> extends Scenario {
  /** The value of {@code PASSWORD}: what shells, unit files and YAML would read otherwise. */
  static final String PASSWORD =
      "pass \"word\" 'it''s' $HOME ${PATH} $(id) `id` \\n \\\nEOF\n=1 #%h  ";

  private static final String ENV =
      "env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: cloud, key: password}}},"
          + " {name: PLAIN, value: x}],";

  C cloud;

  /** Goes on with a cloud, whose credentials the Secret {@code cloud} holds. */
  void use(C started, Map<String, String> credentials) {
    cloud = started;
    SecretBuilder secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("cloud")
            .withNamespace(namespace)
            .endMetadata()
            .addToData("password", base64(PASSWORD));
    credentials.forEach((key, value) -> secret.addToData(key, base64(value)));
    client.resource(secret.build()).create();
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  JavaProcess operator() {
    return startOperator("--allow-endpoints", cloud.endpoint(), "--no-leader-election");
  }

  void pool(int max, String more) {
    applyPool(
        "work",
        "{min: 0, max: %d, maxConcurrency: 2, idleShutdownAfter: 5s, %s backends: [%s]}"
            .formatted(max, more, cloud.backend()));
  }

  @Override
  List<ProcessHandle> runnerProcesses() {
    return cloud == null ? List.of() : cloud.processes();
  }

  /** From nothing to three runners, which have their environment as it was given. */
  JavaProcess grow() throws Exception {
    operator();
    pool(3, ENV);
    JavaProcess app = startApp("app", "work");

    IntStream.range(0, 12).forEach(i -> app.say("patient c" + i + " 2500"));
    await("three runners", () -> ready("work") == 3);
    IntStream.range(0, 12).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    app.say("bytes password PASSWORD");
    app.say("env plain PLAIN");
    assertThat(outcome(app, "password")).isEqualTo("done password " + base64(PASSWORD));
    assertThat(outcome(app, "plain")).isEqualTo("done plain x");
    return app;
  }

  void awaitZero() throws Exception {
    awaitNoRunner();
    awaitNoMachine();
  }

  void awaitNoRunner() {
    await("zero runners", () -> ready("work") == 0 && runners().isEmpty());
    assertThat(status("work").orElseThrow().endpoints()).isNullOrEmpty();
  }

  void awaitNoMachine() throws Exception {
    await("no machine", () -> cloud.count() == 0);
    await("no process", () -> runnerProcesses().isEmpty());
    cloud.assertNothingWrong();
  }
}
