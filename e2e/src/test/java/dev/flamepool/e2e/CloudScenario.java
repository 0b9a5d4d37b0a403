package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
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

  /** What nobody may be told, in the forms in which it could be. */
  private final List<String> secrets =
      new ArrayList<>(List.of("'it''s' $HOME ${PATH}", base64(PASSWORD)));

  C cloud;

  /** Goes on with a cloud, whose credentials the Secret {@code cloud} holds. */
  void use(C started, Map<String, String> credentials) {
    cloud = started;
    Map<String, String> values = new HashMap<>(credentials);
    values.put("password", PASSWORD);
    secret("cloud", values);
    credentials.values().forEach(this::isSecret);
  }

  void isSecret(String value) {
    secrets.add(value);
    secrets.add(base64(value));
  }

  void startCloudOperator() {
    startOperator("--allow-endpoints", cloud.endpoint());
  }

  /** The same as a process of its own. */
  JavaProcess startCloudOperatorProcess() {
    return startOperatorProcess("--allow-endpoints", cloud.endpoint(), "--no-leader-election");
  }

  /** It idles for longer than an application goes on to say what it needed last (10 s). */
  void pool(int max, String more) {
    applyPool(
        "work",
        "{min: 0, max: %d, maxConcurrency: 2, idleShutdownAfter: 11s, %s backends: [%s]}"
            .formatted(max, more, cloud.backend()));
  }

  @Override
  List<ProcessHandle> runnerProcesses() {
    return cloud == null ? List.of() : cloud.processes();
  }

  /** From nothing to three runners, which have their environment as it was given. */
  JavaProcess grow() throws Exception {
    startCloudOperatorProcess();
    pool(3, ENV);
    JavaProcess app = startApp("app", "work");

    IntStream.range(0, 12).forEach(i -> app.say("patient c" + i + " 2500"));
    await("three runners", () -> ready("work") == 3);
    IntStream.range(0, 12).forEach(i -> assertThat(outcome(app, "c" + i)).startsWith("done"));
    app.say("bytes password PASSWORD");
    app.say("env plain PLAIN");
    assertThat(outcome(app, "password")).isEqualTo("done password " + base64(PASSWORD));
    assertThat(outcome(app, "plain")).isEqualTo("done plain x");
    assertNoSecretIsTold();
    return app;
  }

  /** Neither in the operator's log nor in anything that it writes for people or for others. */
  void assertNoSecretIsTold() throws IOException {
    StringBuilder told = new StringBuilder(Files.readString(folder.resolve("operator.log")));
    for (Class<? extends HasMetadata> kind :
        List.of(FlamePool.class, FlameRunner.class, FlameCaller.class, Pod.class, Event.class)) {
      client
          .resources(kind)
          .inNamespace(namespace)
          .list()
          .getItems()
          .forEach(object -> told.append(client.getKubernetesSerialization().asJson(object)));
    }
    assertThat(told.toString()).contains("work").doesNotContain(secrets);
  }

  /** Reason and message of a pool's condition {@code BackendReady}. */
  String backendReady(String pool) {
    return status(pool).stream()
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.getType().equals("BackendReady"))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .findFirst()
        .orElse("");
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
