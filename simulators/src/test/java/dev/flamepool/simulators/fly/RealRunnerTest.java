package dev.flamepool.simulators.fly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.caller.Engines;
import dev.flamepool.simulators.fly.Http.Got;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A runner's JVM behind Fly's HTTP interface, and calls that run there. */
@Timeout(180)
class RealRunnerTest {
  private static final String MACHINES = "/v1/apps/thumbs/machines";
  private static final String UID = "0f0e-uid";

  @TempDir Path folder;
  private final TestPool pool = new TestPool();

  @Test
  void aCallRunsOnAMachineThatWasPosted() throws Exception {
    FlyOptions options =
        new FlyOptions()
            .stateDir(folder)
            .app("thumbs")
            .image("app:v1", Image.ofClassPath(classPath(), "-XX:+UseSerialGC", "-Xmx128m"));
    try (FlySimulator simulator = FlySimulator.start(options)) {
      Http http = new Http(simulator.uri());
      String id = boot(http);
      String host = privateIp(http, id);
      awaitPort(host);
      Engines engines = pool.caller(UID, host);
      try {
        assertThat(engines.pool("pool").<String>call(() -> System.getenv("FLY_MACHINE_ID")))
            .isEqualTo(id);
        assertThat(engines.pool("pool").<String>call(() -> System.getenv("HOME"))).isNull();
      } finally {
        engines.close(Duration.ZERO);
      }
      http.post(MACHINES + "/" + id + "/stop", "{'signal': 'SIGTERM', 'timeout': '20s'}");
      assertThat(http.get(MACHINES + "/" + id + "/wait?state=destroyed").status()).isEqualTo(200);
      assertThat(http.get(MACHINES + "/" + id).body().toString()).contains("\"exit_code\":12");
      assertThat(simulator.violations()).isEmpty();
    }
  }

  @Test
  void machinesOutliveAKilledSimulatorAndAreFoundByTheNext() throws Exception {
    String id;
    String ended;
    long pid;
    long doomed;
    String unmarked;
    long unknown;
    Process first = simulator();
    try {
      Http http = new Http(readiness(first));
      id = boot(http);
      awaitPort(privateIp(http, id));
      try (Caller caller = new Caller(pool.caller(UID, privateIp(http, id)))) {
        pid = caller.pid();
      }
      ended = sleeper(http);
      doomed = sleepingPid(ended);
      unmarked = sleeper(http);
      unknown = sleepingPid(unmarked);
    } finally {
      first.destroyForcibly().onExit().join();
    }
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);
    assertThat(ProcessHandle.of(doomed)).get().matches(ProcessHandle::destroyForcibly);
    await().until(() -> isGone(doomed));
    // As if the simulator had been killed between the process's start and the note of it.
    Files.delete(mark(unmarked));

    long last;
    Process second = simulator();
    try {
      Http http = new Http(readiness(second));
      Got found = http.get(MACHINES + "/" + id);
      assertThat(found.text("state")).isEqualTo("started");
      assertThat(http.get(MACHINES + "?metadata.pool=x").body()).hasSize(1);
      String unseen = http.get(MACHINES + "/" + ended).body().toString();
      assertThat(unseen).contains("\"state\":\"destroyed\"", "\"exit_code\":-1");
      try (Caller caller = new Caller(pool.caller(UID, privateIp(http, id)))) {
        assertThat(caller.pid()).isEqualTo(pid);
      }
      assertThat(http.get(MACHINES + "/" + unmarked).text("state")).isEqualTo("started");
      http.delete(MACHINES + "/" + unmarked + "?force=true");
      await().until(() -> isGone(unknown));
      http.post(MACHINES + "/" + id + "/stop", "{'signal': 'SIGTERM', 'timeout': '20s'}");
      assertThat(http.get(MACHINES + "/" + id + "/wait?state=destroyed").status()).isEqualTo(200);
      await().until(() -> isGone(pid));
      String next = boot(http);
      awaitPort(privateIp(http, next));
      try (Caller caller = new Caller(pool.caller(UID, privateIp(http, next)))) {
        last = caller.pid();
      }
    } finally {
      second.destroy();
      second.onExit().join();
    }
    await().until(() -> isGone(last));
  }

  private record Caller(Engines engines) implements AutoCloseable {
    long pid() {
      return engines.pool("pool").<Long>call(() -> ProcessHandle.current().pid());
    }

    @Override
    public void close() {
      engines.close(Duration.ZERO);
    }
  }

  private static boolean isGone(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isEmpty();
  }

  private String boot(Http http) throws Exception {
    ObjectNode create = new ObjectMapper().createObjectNode().put("region", "fra");
    ObjectNode config = create.putObject("config").put("image", "app:v1").put("auto_destroy", true);
    config.putObject("restart").put("policy", "no");
    config.putObject("metadata").put("pool", "x");
    TestPool.env(UID).forEach(config.putObject("env")::put);
    var files = config.putArray("files");
    pool.identity(UID)
        .forEach(
            (name, content) ->
                files
                    .addObject()
                    .put("guest_path", "/flame/boot/" + name)
                    .put("raw_value", content)
                    .put("mode", 0400));
    Got created = http.send("POST", MACHINES, Http.RAW + create);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(200);
    String id = created.text("id");
    assertThat(http.get(MACHINES + "/" + id + "/wait?state=started").status()).isEqualTo(200);
    return id;
  }

  private static String sleeper(Http http) throws Exception {
    String config = "{'image': 'sleep', 'auto_destroy': true, 'restart': {'policy': 'no'}}";
    String id = http.post(MACHINES, "{'config': " + config + "}").text("id");
    assertThat(http.get(MACHINES + "/" + id + "/wait").status()).isEqualTo(200);
    return id;
  }

  private long sleepingPid(String id) throws IOException {
    String mark = Files.readString(mark(id));
    return Long.parseLong(mark.substring(0, mark.indexOf(' ')));
  }

  private Path mark(String id) {
    return folder.resolve("machines").resolve(id).resolve("process");
  }

  private static String privateIp(Http http, String id) throws Exception {
    return http.get(MACHINES + "/" + id).text("private_ip");
  }

  private static void awaitPort(String host) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, TestPool.PORT));
                return true;
              } catch (IOException e) {
                return false;
              }
            });
  }

  private Process simulator() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(List.of("dev.flamepool.simulators.fly.Main", "--state-dir", folder.toString()));
    command.addAll(List.of("--app", "thumbs", "--image", "app:v1=" + classPath()));
    command.addAll(List.of("--image", "sleep=exec:/bin/sleep 1000"));
    return new ProcessBuilder(command)
        .redirectError(folder.resolve("simulator.err").toFile())
        .start();
  }

  private static URI readiness(Process simulator) throws IOException {
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(simulator.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    assertThat(line).startsWith("the Fly simulator is ready at ");
    return URI.create(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static String classPath() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
