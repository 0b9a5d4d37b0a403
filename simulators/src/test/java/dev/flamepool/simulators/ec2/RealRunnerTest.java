package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.caller.Engines;
import dev.flamepool.simulators.fly.TestPool;
import dev.flamepool.simulators.machine.Loopback;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** A runner's JVM behind EC2's interface, its bundle in S3, and calls that run there. */
@Timeout(180)
class RealRunnerTest {
  private static final String UID = "0f0e-uid";

  @TempDir Path folder;
  private final TestPool pool = new TestPool();

  @Test
  void aCallRunsOnAnInstanceThatItsUserDataMadeARunner() throws Exception {
    try (Ec2Simulator simulator =
            Ec2Simulator.start(new Ec2Options().stateDir(folder).bucket("releases"));
        Aws aws = new Aws(simulator.uri())) {
      Instance launched = boot(aws);
      try (Caller caller = caller(launched)) {
        assertThat(caller.pid()).isPositive();
        assertThat(caller.env("WORD")).isEqualTo("a $b \"c\"");
        assertThat(caller.env("HOME")).isNull();
      }
      aws.terminate(launched.instanceId());
      awaitState(aws, launched, InstanceStateName.TERMINATED);
      assertThat(new String(simulator.console(launched.instanceId()), UTF_8))
          .contains("ended with 12");
    }
  }

  @Test
  void instancesOutliveAKilledSimulatorAndAreFoundByTheNext() throws Exception {
    int port = freePort();
    Instance launched;
    long pid;
    Process first = simulator(port);
    try {
      try (Aws aws = new Aws(readiness(first))) {
        launched = boot(aws);
        try (Caller caller = caller(launched)) {
          pid = caller.pid();
        }
      }
    } finally {
      first.destroyForcibly().onExit().join();
    }
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);

    Process second = simulator(port);
    long last;
    try (Aws aws = new Aws(readiness(second))) {
      assertThat(aws.state(launched.instanceId())).isEqualTo(InstanceStateName.RUNNING);
      assertThat(aws.find("tag:pool", "thumbs")).containsExactly(launched.instanceId());
      assertThat(aws.find("client-token", "t1")).containsExactly(launched.instanceId());
      try (Caller caller = caller(launched)) {
        assertThat(caller.pid()).isEqualTo(pid);
      }
      aws.terminate(launched.instanceId());
      awaitState(aws, launched, InstanceStateName.TERMINATED);
      await().until(() -> isGone(pid));
      Aws.refused(400, "IdempotentParameterMismatch", () -> aws.run("t1"));
      Instance next = boot(aws, "t2");
      try (Caller caller = caller(next)) {
        last = caller.pid();
      }
    } finally {
      second.destroy();
      second.onExit().join();
    }
    await().until(() -> isGone(last));
  }

  private static void awaitState(Aws aws, Instance instance, InstanceStateName state) {
    await().atMost(Duration.ofSeconds(60)).until(() -> aws.state(instance.instanceId()) == state);
  }

  private Instance boot(Aws aws) throws Exception {
    return boot(aws, "t1");
  }

  /** Puts a bundle and a boot object, and launches an instance that fetches both. */
  private Instance boot(Aws aws, String token) throws Exception {
    String start =
        "#!/bin/sh\nexec java -XX:+UseSerialGC -Xmx128m -cp '%s' dev.flamepool.RunnerMain\n"
            .formatted(classPath());
    put(aws, "bundle/bin/thumbs", start);
    StringBuilder script =
        new StringBuilder(
            """
            #!/bin/sh
            ROOT="${FLAMEPOOL_ROOT:-}"
            trap 'systemctl --no-block poweroff' EXIT
            set -eu
            mkdir -p "$ROOT/srv/bin" "$ROOT/flame/boot"
            """);
    fetch(aws, script, "bundle/bin/thumbs", "srv/bin/thumbs");
    for (Map.Entry<String, String> file : pool.identity(UID).entrySet()) {
      put(aws, "boot/" + file.getKey(), file.getValue());
      fetch(aws, script, "boot/" + file.getKey(), "b64");
      script.append("base64 -d \"$ROOT/b64\" > \"$ROOT/flame/boot/%s\"%n".formatted(file.getKey()));
    }
    StringBuilder env = new StringBuilder("WORD=\"a \\$b \\\"c\\\"\"\n");
    TestPool.env(UID)
        .forEach((name, value) -> env.append(name).append('=').append(value).append('\n'));
    put(aws, "boot/env", env.toString());
    fetch(aws, script, "boot/env", "flame/env");
    script.append(
        """
        chmod +x "$ROOT/srv/bin/thumbs"
        cat > "$ROOT/etc/systemd/system/flamepool.service" <<'UNIT'
        [Unit]
        SuccessAction=poweroff
        FailureAction=poweroff
        [Service]
        Type=exec
        WorkingDirectory=/srv
        EnvironmentFile=/flame/env
        ExecStart=/srv/bin/thumbs start
        ExecStopPost=+/usr/bin/systemctl --no-block poweroff
        SuccessExitStatus=143 10 11 12 13
        StandardOutput=journal+console
        UNIT
        systemctl start flamepool.service
        trap - EXIT
        """);
    return aws.run(Aws.one(token).userData(Aws.base64(script.toString())));
  }

  private static void put(Aws aws, String key, String content) {
    aws.s3.putObject(p -> p.bucket("releases").key(key), RequestBody.fromString(content));
  }

  private static void fetch(Aws aws, StringBuilder script, String key, String to) {
    String url =
        aws.presigner
            .presignGetObject(
                p ->
                    p.signatureDuration(Duration.ofMinutes(5))
                        .getObjectRequest(g -> g.bucket("releases").key(key)))
            .url()
            .toString();
    script.append("curl -sSf -o \"$ROOT/%s\" '%s'%n".formatted(to, url));
  }

  private Caller caller(Instance instance) throws Exception {
    String host = instance.privateIpAddress();
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
    return new Caller(pool.caller(UID, Loopback.mapped(host)));
  }

  private record Caller(Engines engines) implements AutoCloseable {
    long pid() {
      return engines.pool("pool").<Long>call(() -> ProcessHandle.current().pid());
    }

    String env(String name) {
      return engines.pool("pool").<String>call(() -> System.getenv(name));
    }

    @Override
    public void close() {
      engines.close(Duration.ZERO);
    }
  }

  private static boolean isGone(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().command()).isEmpty();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process simulator(int port) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(List.of("dev.flamepool.simulators.ec2.Main", "--state-dir", folder.toString()));
    command.addAll(List.of("--port", Integer.toString(port), "--bucket", "releases"));
    return new ProcessBuilder(command)
        .redirectError(folder.resolve("simulator.err").toFile())
        .start();
  }

  private static URI readiness(Process simulator) throws IOException {
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(simulator.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    assertThat(line).startsWith("the EC2 simulator is ready at ");
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
