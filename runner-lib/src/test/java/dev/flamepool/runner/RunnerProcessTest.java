package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.Flame;
import dev.flamepool.FlameException;
import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner as the local backend starts it: a real child JVM with a folder of its own. */
@Tag("scenario")
class RunnerProcessTest {
  @TempDir Path folder;
  private ChildRunner runner;

  @AfterEach
  void kill() {
    if (runner != null) {
      runner.close();
    }
  }

  private Process spawn(boolean virtual, long idleMs, String... jvmOptions) throws IOException {
    FlameParent parent = ChildRunner.parent(folder, 500, false, virtual, idleMs);
    runner = new ChildRunner(folder, parent, List.of(), jvmOptions);
    return runner.process();
  }

  private static Task<Long> pid() {
    return () -> ProcessHandle.current().pid();
  }

  @Test
  void itServesHoldsItsLockDrainsOnSigtermAndSaysSo() throws Exception {
    Process child = spawn(false, -1);
    assertThat(runner.address().getPort()).isPositive();
    assertThat(Files.readString(folder.resolve("pid")).trim()).isEqualTo("" + child.pid());
    try (FileChannel lock = FileChannel.open(folder.resolve("lock"), StandardOpenOption.WRITE)) {
      assertThat(lock.tryLock()).as("held by the runner").isNull();
    }
    try (SlotConnection one = runner.slot(1)) {
      assertThat(value(call(one, pid()))).isEqualTo(child.pid());
      SlotConnection two = runner.slot(2);
      Path started = folder.resolve("started");
      String startedFile = started.toString();
      CompletableFuture<Reply> running =
          TestRunner.async(
              () ->
                  call(
                      two,
                      () -> {
                        Files.createFile(Path.of(startedFile));
                        Thread.sleep(300);
                        return "finished";
                      }));
      await().until(() -> Files.exists(started));
      child.destroy();
      assertThat(value(running.get(20, TimeUnit.SECONDS))).isEqualTo("finished");
      two.close();
    }
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(12);
    assertThat(Files.readString(folder.resolve("exit"))).startsWith("12 DRAINED ");
  }

  @Test
  void aRunnerThatIsKilledIsLostWithinASecond() throws Exception {
    Process child = spawn(false, -1);
    SlotConnection s = runner.slot(1);
    Path started = folder.resolve("started");
    String startedFile = started.toString();
    CompletableFuture<Reply> running =
        TestRunner.async(
            () ->
                call(
                    s,
                    () -> {
                      Files.createFile(Path.of(startedFile));
                      Thread.sleep(60_000);
                      return 1;
                    }));
    await().until(() -> Files.exists(started));
    child.destroyForcibly();
    await().atMost(Duration.ofSeconds(1)).until(running::isDone);
    assertThat(running.join()).isInstanceOf(Reply.Lost.class);
    assertThat(folder.resolve("exit")).doesNotExist();
  }

  @Test
  void itEndsAsIdleWithCodeZero() throws Exception {
    Process child = spawn(false, 300);
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    assertThat(Files.readString(folder.resolve("exit"))).startsWith("0 IDLE ");
  }

  @Test
  void aChildThatComesTooLateDoesNotOpenItsPort() throws Exception {
    Files.createFile(folder.resolve("closed"));
    Process child = spawn(false, -1);
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.resolve("address")).doesNotExist();
    assertThat(Files.readString(folder.resolve("output.log"))).contains("closed by the operator");
  }

  @Test
  void aPortThatIsTakenIsOneSentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FlameParent parent = ChildRunner.parent(folder, 500, false, false, -1, taken.getLocalPort());
      runner = new ChildRunner(folder, parent, List.of());
      assertThat(runner.exitCode()).isEqualTo(1);
      assertThat(runner.file("output.log"))
          .hasLineCount(1)
          .contains(
              "the runner could not start: port " + taken.getLocalPort(),
              "in use; end what listens there, or give another spec.runner.port");
      assertThat(runner.file("exit")).contains("FAILED could not start: ", "spec.runner.port");
    }
  }

  @Test
  void theOperatorHearsHowItIsAndStopsIt() throws Exception {
    Process child = spawn(true, -1);
    InetSocketAddress at = runner.address();
    TestRunner.Control operator = TestRunner.Control.open(at, Role.OPERATOR, "op");
    await().until(() -> operator.heard.stream().anyMatch(TestRunner::isServing));
    assertThat(operator.connection().ack().codeVersion()).isNotEmpty();
    try (SlotConnection s = runner.slot(1)) {
      assertThat(value(call(s, pid()))).isEqualTo(child.pid());
    }
    operator.send(new ControlMessage.Stop(1_000, "the pool is deleted"));
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(12);
    assertThat(operator.heard).contains(new ControlMessage.Draining("DRAINED"));
    assertThat(Files.readString(folder.resolve("exit"))).contains("the pool is deleted");
  }

  @Test
  void sigtermWhileTheApplicationStartsIsADrainNotAFailedBoot() throws Exception {
    Path starting = folder.resolve("starting");
    Process child = spawn(false, -1, "-Dtest.starting=" + starting);
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(starting));
    child.destroy();
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(12);
    assertThat(Files.readString(folder.resolve("exit"))).startsWith("12 DRAINED ");
  }

  @Test
  void onARunnerItsOwnPoolIsInPlaceAndAnotherNeedsCredentials() throws Exception {
    Path classes = folder.resolve("classes.log");
    Process child = spawn(false, -1, "-Xlog:class+load:file=" + classes);
    try (SlotConnection s = runner.slot(1)) {
      assertThat(
              value(
                  call(
                      s,
                      () -> {
                        try (Flame flame = Flame.connect()) {
                          return flame
                              .pool("thumbs")
                              .call(
                                  ctx ->
                                      ctx.get(String.class) + " " + ProcessHandle.current().pid());
                        }
                      })))
          .isEqualTo("started as thumbs-0 " + child.pid());
      Reply other =
          call(
              s,
              () -> {
                try (Flame flame = Flame.connect()) {
                  return flame.pool("other").call(() -> 1);
                }
              });
      assertThat(((Reply.Failed) other).failure())
          .isInstanceOf(FlameException.class)
          .hasMessageContaining("thumbs-0", "other", "kubeconfig");
    }
    assertThat(Files.readString(classes))
        .contains("dev.flamepool.Flame ")
        .doesNotContain("io.fabric8", "com.fasterxml");
  }

  /** What a caller of other code is told. */
  private List<String> artifacts() throws IOException {
    return runner.control(Role.CALLER, "c").connection().ack().artifacts();
  }

  private Path jar(String name) throws IOException {
    Path jar = folder.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("Plugin.class"));
    }
    return jar;
  }

  @Test
  void whatTheApplicationsOwnLoaderLoadsIsPartOfItsCode() throws Exception {
    spawn(false, -1, "-Dtest.loads=" + jar("plugin.jar"));
    assertThat(artifacts()).anyMatch(artifact -> artifact.startsWith("plugin.jar="));
    assertThat(runner.file("output.log")).doesNotContain("FLAME_CODE_VERSION");
  }

  @Test
  void twoApplicationsAreOneSentenceThatTheOperatorReads() throws Exception {
    Path more = Files.createDirectories(folder.resolve("more/META-INF/services"));
    Files.writeString(more.resolve(RunnerApplication.class.getName()), Other.class.getName());
    runner = new ChildRunner(folder, 500, "cp=" + folder.resolve("more"));
    assertThat(runner.exitCode()).isEqualTo(1);
    assertThat(runner.file("output.log")).hasLineCount(1).contains("two applications");
    assertThat(runner.file("exit"))
        .contains("FAILED could not start: ", TestApplication.class.getName(), "RunnerProcessTest");
  }

  /** A second one. */
  public static final class Other implements RunnerApplication {
    @Override
    public void start(FlameParent parent) {}
  }

  @Test
  void aLoaderThatComesWithTheStartAsksForAVersion() throws Exception {
    spawn(false, -1, "-Dtest.loads.late=" + jar("plugin.jar"));
    try (SlotConnection s = runner.slot(1)) {
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
    }
    assertThat(artifacts()).noneMatch(artifact -> artifact.startsWith("plugin.jar="));
    assertThat(runner.file("output.log"))
        .contains("RunnerApplication.classLoader() gives another", "FLAME_CODE_VERSION");
  }

  @Test
  void withoutMemoryItHaltsAndSaysSo() throws Exception {
    Process child = spawn(false, -1);
    InetSocketAddress at = runner.address();
    TestRunner.Control caller = TestRunner.Control.open(at, Role.CALLER, "c");
    SlotConnection s = runner.slot(1);
    assertThat(call(s, () -> new long[1 << 24].length)).isInstanceOf(Reply.Lost.class);
    await().until(() -> caller.heard.contains(new ControlMessage.Draining("OUT_OF_MEMORY")));
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("exit"))).startsWith("3 OUT_OF_MEMORY ");
    assertThat(Files.readString(folder.resolve("last-words")))
        .isEqualTo("flame: 3 OUT_OF_MEMORY Java heap space\n");
  }

  @Test
  void workThatIgnoresItsDeadlineEndsTheRunnerAndNothingElse() throws Exception {
    Process child = spawn(false, -1);
    InetSocketAddress at = runner.address();
    SlotConnection stuck = runner.slot(1);
    CompletableFuture<Reply> reply =
        TestRunner.async(
            () ->
                call(
                    stuck,
                    () -> {
                      while (true) {
                        Thread.onSpinWait();
                      }
                    },
                    new CallOptions(1, true, Map.of()),
                    Wait.FOREVER));
    TestRunner.Control caller = TestRunner.Control.open(at, Role.CALLER, "c");
    try (SlotConnection other = runner.slot(2)) {
      assertThat(value(call(other, pid()))).isEqualTo(child.pid());
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(caller.heard).contains(new ControlMessage.Draining("FAILED"));
    assertThat(reply.get(10, TimeUnit.SECONDS)).isInstanceOf(Reply.Lost.class);
    assertThat(child.exitValue()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("exit")))
        .startsWith("1 FAILED ")
        .contains("ignores the interrupt");
    assertThat(Files.readString(folder.resolve("last-words")))
        .as("others than the log's readers see it")
        .isEqualTo("flame: 1 FAILED\n");
  }
}
