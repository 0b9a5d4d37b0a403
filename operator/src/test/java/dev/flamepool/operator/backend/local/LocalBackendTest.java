package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Redaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The contract with the least of runners, and what only processes can do. */
class LocalBackendTest extends LocalContract {
  private final Map<String, String> env = new HashMap<>();

  @Override
  String mainClass() {
    return FolderRunner.class.getName();
  }

  @Override
  String classPath() {
    return FolderRunner.class.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  @Override
  protected Map<String, byte[]> boot(MachineKey key) {
    try {
      Map<String, String> all = new TreeMap<>(env);
      String parent = "uid=" + key.runnerUid() + "\nport=7600\nidentity=/nowhere\n";
      all.put("FLAME_PARENT", Base64.getEncoder().encodeToString(parent.getBytes(UTF_8)));
      return Map.of(
          "env.json", new JsonMapper().writeValueAsBytes(all), "key.pk8", new byte[] {1, 2, 3});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theEnvironmentIsExactlyWhatThePoolGives() throws Exception {
    env.put("QUOTES", "a \"b\" 'c' `d` $HOME \\ % ! \t end ");
    env.put("LINES", "one\ntwo\r\n\n");
    env.put("WORDS", "é☃😀\u2028");
    env.put("EMPTY", "");
    env.put("MARKUP", "a?x=1&y=<b>$(HOME)${x}`id`%s{{z}} ;#");
    jvmOptions = List.of("-Xmx32m");
    backend.launch(attempt(key));
    awaitState(key, Machine.State.RUNNING);
    Map<String, String> seen = new TreeMap<>();
    Base64.Decoder decoder = Base64.getDecoder();
    for (String line : Files.readAllLines(folder().resolve("env.dump"))) {
      String[] pair = line.split(" ", -1);
      seen.put(
          new String(decoder.decode(pair[0]), UTF_8), new String(decoder.decode(pair[1]), UTF_8));
    }
    String parent = new String(decoder.decode(seen.remove("FLAME_PARENT")), UTF_8);
    assertThat(parent.lines())
        .containsExactlyInAnyOrder(
            "uid=" + key.runnerUid(),
            "port=0",
            "identity=" + folder().resolve("boot"),
            "folder=" + folder());
    env.put("FLAME_POOL", "thumbs");
    env.put("FLAME_RUNNER", "thumbs-0");
    if (Runtime.version().feature() >= 18) {
      env.remove("WORDS");
      seen.remove("WORDS");
    }
    assertThat(seen).isEqualTo(env);
  }

  @Test
  void identityIsReadableForItsOwnerOnly() throws Exception {
    backend.launch(attempt(key));
    Path file = folder().resolve("boot").resolve("key.pk8");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
  }

  @Test
  void aFailureShowsItsLastLinesWithoutSecretsAlsoAfterARestart() throws Exception {
    env.put("TOKEN", "s3cr3t-value");
    jvmOptions = List.of("-Dtest.fail=true");
    backend.launch(attempt(key));
    Machine ended = awaitState(key, Machine.State.ENDED);
    assertThat(ended.exitCode()).hasValue(7);
    assertThat(ended.lastLines()).hasSize(50).last().isEqualTo("line 99999 token ***");
    assertThat(restarted().find(ref(key)).orElseThrow().lastLines()).isEqualTo(ended.lastLines());
  }

  @Test
  void aChildWhoseNumberWasNeverWrittenDownIsFoundAndEnded() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=600000");
    backend.launch(attempt(key));
    Files.delete(folder().resolve("pid"));
    restarted();
    await().until(() -> alive(key.runnerUid()) == 1);
    assertThatThrownBy(() -> backend.find(ref(key))).isInstanceOf(BackendException.class);
    backend.delete(ref(key));
    assertThat(backend.find(ref(key))).isEmpty();
    assertThat(alive(key.runnerUid())).isZero();
  }

  @Test
  void aCrashBeforeTheNumberWasWrittenDownEndsInOneMachine() throws Exception {
    backend.launch(attempt(key));
    awaitState(key, Machine.State.RUNNING);
    Files.delete(folder().resolve("pid"));
    Machine replayed = restarted().launch(attempt(key));
    assertThat(replayed.state()).isEqualTo(Machine.State.RUNNING);
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void aCrashBeforeTheStartIsMadeGoodByAReplay() throws Exception {
    new FolderStore(state).create(attempt(key), Instant.now());
    assertThatThrownBy(() -> backend.find(ref(key))).isInstanceOf(BackendException.class);
    backend.launch(attempt(key));
    awaitState(key, Machine.State.RUNNING);
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void twoChildrenOfOneRunnerBecomeOne() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=500");
    backend.launch(attempt(key));
    Files.delete(folder().resolve("pid"));
    LocalBackend other = open();
    other.launch(attempt(key));
    awaitState(key, Machine.State.RUNNING);
    await().until(() -> alive(key.runnerUid()) == 1);
    assertThat(backend.find(ref(key)).orElseThrow().state()).isEqualTo(Machine.State.RUNNING);
    other.close();
  }

  @Test
  void aProcessThatGotTheNumberLaterIsSpared() throws Exception {
    backend.launch(attempt(key));
    Machine running = awaitState(key, Machine.State.RUNNING);
    kill(running);
    awaitState(key, Machine.State.ENDED);
    Process innocent = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(folder().resolve("pid"), Long.toString(innocent.pid()));
      Files.setLastModifiedTime(
          folder().resolve("pid"), FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
      assertThat(backend.find(ref(key)).orElseThrow().state()).isEqualTo(Machine.State.ENDED);
      backend.stop(ref(key), GRACE);
      backend.delete(ref(key));
      assertThat(innocent.isAlive()).isTrue();
    } finally {
      innocent.destroyForcibly();
    }
  }

  @Test
  void readinessIsToldAlsoAfterARestart() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=300");
    backend.launch(attempt(key));
    restarted();
    Set<String> changed = ConcurrentHashMap.newKeySet();
    backend.onChange(changed::add);
    assertThat(backend.find(ref(key)).orElseThrow().state()).isEqualTo(Machine.State.STARTING);
    await().until(() -> changed.contains(key.runnerUid()));
    assertThat(backend.find(ref(key)).orElseThrow().address()).isPresent();
  }

  @Test
  void aCommandMayBeAScriptThatStartsTheRunner() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> script =
        List.of(
            "/bin/sh",
            "-c",
            java + " -cp '" + classPath() + "' " + FolderRunner.class.getName() + "; exit 0");
    BackendEntry entry = entryOf(null, null, null, script);
    backend.launch(new LaunchAttempt(key, "t", "", entry, Boot.of(boot(key))));
    awaitState(key, Machine.State.RUNNING);
    backend.stop(ref(key), GRACE);
    assertThat(awaitState(key, Machine.State.ENDED).exitCode()).hasValue(12);
  }

  @Test
  void theExitCodeIsKnownAsSoonAsTheEndIs() throws Exception {
    List<String> failing = List.of("/bin/sh", "-c", "sleep 0.05; exit 1");
    for (int i = 0; i < 20; i++) {
      backend.launch(
          new LaunchAttempt(key, "t", "", entryOf(null, null, null, failing), Boot.of(boot(key))));
      Machine machine = backend.find(ref(key)).orElseThrow();
      while (machine.state() != Machine.State.ENDED) {
        machine = backend.find(ref(key)).orElseThrow();
      }
      assertThat(machine.exitCode()).hasValue(1);
      deleteUntilGone(key);
    }
  }

  @Test
  void onlyWhatMayBeSecretIsBlottedOut() {
    Map<String, String> all =
        Map.of(
            "FLAME_POOL", "default", "FLAME_PARENT", "cGFyZW50", "SIZE", "12345", "URL", "db:x1");
    assertThat(Redaction.of("default/12345 cGFyZW50 db:x1", all))
        .isEqualTo("default/12345 *** db:x1");
    assertThat(Redaction.of("postgres://u:p", Map.of("URL", "postgres://u:p"))).isEqualTo("***");
  }

  @Test
  void aProgramThatCannotBeStartedIsADefiniteRefusalAndLeavesNothing() throws Exception {
    BackendEntry entry = entryOf(null, null, null, List.of("/no/such/program"));
    assertThatThrownBy(
            () -> backend.launch(new LaunchAttempt(key, "t", "", entry, Boot.of(boot(key)))))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION);
              assertThat(e).hasMessageContaining("/no/such/program");
            });
    assertThat(backend.find(ref(key))).isEmpty();
  }

  @Test
  void aLongCommandLineHidesNoProcess() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=600000", "-Dlong=" + "x".repeat(30_000));
    Machine launched = backend.launch(attempt(key));
    ProcessHandle child = ProcessHandle.of(Long.parseLong(launched.id())).orElseThrow();
    Files.delete(folder().resolve("pid"));
    restarted();
    backend.delete(ref(key));
    await().until(() -> !child.isAlive());
  }

  @Test
  void aRunnerOutlivesItsKilledOperatorAndTheNextOneEndsIt() throws Exception {
    Path file = state.resolveSibling(key.runnerUid());
    Files.write(file, new JsonMapper().writeValueAsBytes(key));
    Files.write(Path.of(file + ".env"), boot(key).get("env.json"));
    Process operator =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OperatorProcess.class.getName(),
                state.toString(),
                file.toString(),
                classPath(),
                mainClass())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader said =
          new BufferedReader(new InputStreamReader(operator.getInputStream(), UTF_8));
      String line = said.readLine();
      while (line != null && !line.equals("launched")) {
        line = said.readLine();
      }
      operator.destroyForcibly().waitFor();

      Set<String> changed = ConcurrentHashMap.newKeySet();
      backend.onChange(changed::add);
      Machine found = awaitState(key, Machine.State.RUNNING);
      assertThat(alive(key.runnerUid())).isEqualTo(1);
      backend.stop(ref(key), GRACE);
      assertThat(awaitState(key, Machine.State.ENDED).exitCode()).hasValue(12);
      await().until(() -> changed.contains(key.runnerUid()));
      assertThat(found.key()).isEqualTo(key);
    } finally {
      operator.destroyForcibly();
      Files.delete(file);
      Files.delete(Path.of(file + ".env"));
    }
  }
}
