package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract with real child JVMs, and what only processes can do. */
class LocalBackendTest extends RunnerBackendContract {
  @TempDir Path state;
  private LocalBackend backend;
  private List<String> jvmOptions = List.of();
  private final Map<String, String> env = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    backend = open();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (String installation : List.of(INSTALLATION, "inst-2")) {
      for (Machine machine : backend.list(installation)) {
        deleteUntilGone(machine.key());
      }
    }
    backend.close();
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files).isEmpty();
    }
    assertThat(ownProcesses()).isEmpty();
  }

  private LocalBackend open() throws IOException {
    return new LocalBackend(state, null, Clock.systemUTC());
  }

  private static String classPath() {
    return Path.of(FolderRunner.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toString();
  }

  private List<ProcessHandle> ownProcesses() {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .filter(
            p ->
                p.info().arguments().stream()
                    .flatMap(Stream::of)
                    .anyMatch(FolderRunner.class.getName()::equals))
        .filter(p -> p.parent().map(ProcessHandle.current()::equals).orElse(false))
        .toList();
  }

  @Override
  protected RunnerBackend backend() {
    return backend;
  }

  @Override
  protected RunnerBackend restarted() {
    try {
      backend.close();
      backend = open();
      return backend;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BackendEntry entry(
      String classPath, List<String> options, List<String> command, String directory) {
    String main = command == null ? FolderRunner.class.getName() : null;
    return new BackendEntry(
        "here",
        null,
        null,
        null,
        null,
        new dev.flamepool.api.LocalBackend(classPath, main, options, command, directory));
  }

  @Override
  protected BackendEntry entry() {
    return entry(classPath(), jvmOptions, null, null);
  }

  @Override
  protected BackendEntry badEntry() {
    return entry(null, null, null, null);
  }

  @Override
  protected void kill(Machine machine) {
    assertThat(ProcessHandle.of(Long.parseLong(machine.id())).orElseThrow().destroyForcibly())
        .isTrue();
  }

  @Override
  protected int alive(String runnerUid) {
    return Processes.withArgument(LocalCommand.marker(runnerUid)).size();
  }

  @Override
  protected void pass() {}

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

  private Path folder() {
    return state.resolve(key.runnerUid());
  }

  @Test
  void theEnvironmentIsExactlyWhatThePoolGives() throws Exception {
    env.put("QUOTES", "a \"b\" 'c' `d` $HOME \\ % ! \t end ");
    env.put("LINES", "one\ntwo\r\n\n");
    env.put("WORDS", "é☃😀");
    env.put("EMPTY", "");
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
    assertThat(restarted().find(key).orElseThrow().lastLines()).isEqualTo(ended.lastLines());
  }

  @Test
  void aChildWhoseNumberWasNeverWrittenDownIsFoundAndEnded() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=600000");
    backend.launch(attempt(key));
    Files.delete(folder().resolve("pid"));
    restarted();
    await().until(() -> alive(key.runnerUid()) == 1);
    assertThatThrownBy(() -> backend.find(key)).isInstanceOf(BackendException.class);
    backend.delete(key);
    assertThat(backend.find(key)).isEmpty();
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
    assertThatThrownBy(() -> backend.find(key)).isInstanceOf(BackendException.class);
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
    assertThat(backend.find(key).orElseThrow().state()).isEqualTo(Machine.State.RUNNING);
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
      assertThat(backend.find(key).orElseThrow().state()).isEqualTo(Machine.State.ENDED);
      backend.stop(key, GRACE);
      backend.delete(key);
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
    assertThat(backend.find(key).orElseThrow().state()).isEqualTo(Machine.State.STARTING);
    await().until(() -> changed.contains(key.runnerUid()));
    assertThat(backend.find(key).orElseThrow().address()).isPresent();
  }

  @Test
  void aCommandMayBeAScriptThatStartsTheRunner() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> script =
        List.of(
            "/bin/sh",
            "-c",
            java + " -cp '" + classPath() + "' " + FolderRunner.class.getName() + "; exit 0");
    BackendEntry entry = entry(null, null, script, null);
    backend.launch(
        new dev.flamepool.operator.backend.LaunchAttempt(key, "t", "", entry, boot(key)));
    awaitState(key, Machine.State.RUNNING);
    backend.stop(key, GRACE);
    assertThat(awaitState(key, Machine.State.ENDED).exitCode()).hasValue(12);
  }

  @Test
  void aProgramThatCannotBeStartedIsADefiniteRefusalAndLeavesNothing() throws Exception {
    BackendEntry entry = entry(null, null, List.of("/no/such/program"), null);
    assertThatThrownBy(
            () ->
                backend.launch(
                    new dev.flamepool.operator.backend.LaunchAttempt(
                        key, "t", "", entry, boot(key))))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.CONFIGURATION);
              assertThat(e).hasMessageContaining("/no/such/program");
            });
    assertThat(backend.find(key)).isEmpty();
  }

  @Test
  void aLongCommandLineHidesNoProcess() throws Exception {
    jvmOptions = List.of("-Dtest.beforeLock=600000", "-Dlong=" + "x".repeat(30_000));
    Machine launched = backend.launch(attempt(key));
    ProcessHandle child = ProcessHandle.of(Long.parseLong(launched.id())).orElseThrow();
    Files.delete(folder().resolve("pid"));
    restarted();
    backend.delete(key);
    await().until(() -> !child.isAlive());
  }
}
