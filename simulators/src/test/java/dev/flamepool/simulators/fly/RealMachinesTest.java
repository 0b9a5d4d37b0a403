package dev.flamepool.simulators.fly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.simulators.fly.Http.Got;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are processes. */
@Timeout(60)
class RealMachinesTest {
  private static final String MACHINES = "/v1/apps/thumbs/machines";

  @TempDir Path folder;
  private FlySimulator simulator;
  private Http http;

  @BeforeEach
  void start() throws Exception {
    simulator = FlySimulator.start(options());
    http = new Http(simulator.uri());
  }

  private FlyOptions options() {
    return new FlyOptions()
        .stateDir(folder)
        .app("thumbs")
        .rateLimits(false)
        .image("sh", Image.ofCommand("/bin/sh", "-c", "sleep 1000"));
  }

  @AfterEach
  void close() {
    simulator.close();
    assertThat(simulator.violations()).isEmpty();
  }

  @Test
  void aMachineHasExactlyItsEnvironmentItsFilesAndAnAddress() throws Exception {
    String data = Base64.getEncoder().encodeToString("hello".getBytes(UTF_8));
    String id =
        create(
            "cat /proc/$$/environ > env; cat /flame/boot/word > word; sleep 1000",
            "'env': {'WORD': '/flame/boot/word', 'a.b': 'x y'},"
                + " 'files': [{'guest_path': '/flame/boot/word', 'raw_value': '"
                + data
                + "', 'mode': 256}]");
    Path root = folder.toRealPath().resolve("machines").resolve(id).resolve("root");
    await().until(() -> Files.exists(root.resolve("word")) && Files.size(root.resolve("word")) > 0);
    assertThat(Files.readString(root.resolve("word"))).isEqualTo("hello");
    List<String> env = List.of(Files.readString(root.resolve("env")).split("\0", -1));
    String address = machine(id).path("private_ip").asText().replace("::ffff:", "");
    assertThat(env)
        .contains("WORD=" + root.resolve("flame/boot/word"), "FLAME_BIND=" + address)
        .allMatch(
            e -> e.isEmpty() || e.matches("(WORD|a\\.b|FLAME_BIND|FLY_[A-Z_]+|PRIMARY_REGION)=.*"));
    assertThat(address).startsWith("127.").isNotEqualTo("127.0.0.1");
  }

  @Test
  void itsEndIsTheMachinesEnd() throws Exception {
    String id = create("exit 7", "'auto_destroy': true, 'restart': {'policy': 'no'}");
    assertThat(waited(id, "destroyed")).isEqualTo("destroyed");
    assertThat(exitCode(id)).isEqualTo(7);
  }

  @Test
  void aStopIsASignalAndThenAKill() throws Exception {
    String polite =
        create(
            "trap 'exit 12' INT; echo up > up; while :; do sleep 0.05; done",
            "'restart': {'policy': 'no'}");
    awaitFile(polite, "up");
    http.post(MACHINES + "/" + polite + "/stop", "{'timeout': '30s'}");
    assertThat(waited(polite, "stopped")).isEqualTo("stopped");
    assertThat(exitCode(polite)).isEqualTo(12);

    String deaf =
        create(
            "trap '' TERM; echo up > up; while :; do sleep 0.05; done",
            "'restart': {'policy': 'no'}");
    awaitFile(deaf, "up");
    http.post(MACHINES + "/" + deaf + "/stop", "{'signal': 'SIGTERM', 'timeout': '100ms'}");
    assertThat(waited(deaf, "stopped")).isEqualTo("stopped");
    assertThat(exitCode(deaf)).isEqualTo(137);
  }

  @Test
  void forceEndsItWithAllItStarted() throws Exception {
    String id = create("sleep 999 & echo $! > child; sleep 1000", "");
    awaitFile(id, "child");
    long child = Long.parseLong(Files.readString(root(id).resolve("child")).strip());
    http.delete(MACHINES + "/" + id + "?force=true");
    assertThat(waited(id, "destroyed")).isEqualTo("destroyed");
    await().until(() -> gone(child));
    assertThat(root(id)).doesNotExist();
  }

  @Test
  void aProgramThatIsNotThereFailsToBoot() throws Exception {
    Got created =
        http.post(MACHINES, "{'config': {'image': 'sh', 'init': {'exec': ['/no/program']}}}");
    assertThat(waited(created.text("id"), "failed")).isEqualTo("failed");
  }

  @Test
  void nothingIsLeftOnceItIsClosed() throws Exception {
    String id = create("echo $$ > pid; sleep 1000", "");
    awaitFile(id, "pid");
    long pid = Long.parseLong(Files.readString(root(id).resolve("pid")).strip());
    simulator.close();
    await().until(() -> gone(pid));
  }

  private String create(String script, String config) throws Exception {
    String exec =
        "'init': {'exec': ['/bin/sh', '-c', '%s']}".formatted(script.replace("'", "QUOTE"));
    String body =
        "{'config': {'image': 'sh', %s%s}}"
            .formatted(exec, config.isEmpty() ? "" : ", " + config)
            .replace('\'', '"')
            .replace("QUOTE", "'");
    Got created = http.send("POST", MACHINES, Http.RAW + body);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(200);
    return created.text("id");
  }

  private Path root(String id) {
    return folder.resolve("machines").resolve(id).resolve("root");
  }

  private void awaitFile(String id, String name) {
    Path file = root(id).resolve(name);
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file) && Files.size(file) > 0);
  }

  private String waited(String id, String state) throws Exception {
    return http.get(MACHINES + "/" + id + "/wait?timeout=30&state=" + state).text("state");
  }

  private JsonNode machine(String id) throws Exception {
    return http.get(MACHINES + "/" + id).body();
  }

  private int exitCode(String id) throws Exception {
    for (JsonNode event : machine(id).path("events")) {
      if (event.path("type").asText().equals("exit")) {
        return event.at("/request/exit_event/exit_code").asInt();
      }
    }
    throw new AssertionError("no exit event");
  }

  private static boolean gone(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isEmpty();
  }
}
