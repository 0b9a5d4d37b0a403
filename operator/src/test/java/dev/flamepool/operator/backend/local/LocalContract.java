package dev.flamepool.operator.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract with real child JVMs; no process and no file may be left after any test. */
abstract class LocalContract extends RunnerBackendContract {
  @TempDir Path state;
  LocalBackend backend;
  List<String> jvmOptions = List.of();

  /** The main class of the runners. */
  abstract String mainClass();

  /** Their class path. */
  abstract String classPath();

  @BeforeEach
  void start() throws IOException {
    backend = open();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (String installation : List.of(INSTALLATION, "inst-2")) {
      for (MachineRef machine : backend.list(installation, Places.INLINE)) {
        deleteUntilGone(machine.key());
        assertThat(alive(machine.key().runnerUid())).isZero();
      }
    }
    backend.close();
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files).isEmpty();
    }
    assertThat(ProcessHandle.current().children().filter(this::isRunner)).isEmpty();
  }

  private boolean isRunner(ProcessHandle child) {
    return Processes.alive(child)
        && child.info().commandLine().orElse("").contains("-Dflamepool.runner=");
  }

  LocalBackend open() throws IOException {
    return new LocalBackend(state, null, Clock.systemUTC());
  }

  Path folder() {
    return state.resolve(key.runnerUid());
  }

  static BackendEntry entryOf(
      @Nullable String classPath,
      @Nullable String mainClass,
      @Nullable List<String> options,
      @Nullable List<String> command) {
    return new BackendEntry(
        "here",
        null,
        null,
        null,
        null,
        new dev.flamepool.api.LocalBackend(classPath, mainClass, options, command, null));
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

  @Override
  protected BackendEntry entry() {
    return entryOf(classPath(), mainClass(), jvmOptions, null);
  }

  @Override
  protected BackendEntry badEntry() {
    return entryOf(null, null, null, null);
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
}
