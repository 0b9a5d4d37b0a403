package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code on a runner ends the JVM: whoever calls hears so at once, and what it was. */
@Tag("scenario")
@Timeout(60)
class ExitTest {
  @TempDir Path folder;

  /** With an hour's grace, so that no end has waited for it. */
  private ChildRunner child(String... options) throws Exception {
    return new ChildRunner(folder, 3_600_000, options);
  }

  private static String exiting(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Failed.class);
    Reply.Failed failed = (Reply.Failed) reply;
    assertThat(failed.kind()).isEqualTo(Reply.Failed.Kind.THROWN);
    assertThat(failed.remoteTrace()).contains("System.exit");
    return failed.failure().getMessage();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theCallThatExitsFailsAtOnceAndTheOthersFinish(boolean virtual) throws Exception {
    try (ChildRunner child = child("virtual=" + virtual);
        SlotConnection one = child.slot(1)) {
      SlotConnection two = child.slot(2);
      TestRunner.Control caller = child.control(Role.CALLER, "c");
      String started = folder.resolve("started").toString();
      String go = folder.resolve("go").toString();
      CompletableFuture<Reply> other =
          TestRunner.async(
              () ->
                  call(
                      two,
                      () -> {
                        Files.createFile(Path.of(started));
                        while (!Files.exists(Path.of(go))) {
                          Thread.sleep(5);
                        }
                        return "finished";
                      }));
      await().until(() -> Files.exists(Path.of(started)));
      assertThat(
              exiting(
                  call(
                      one,
                      () -> {
                        System.exit(3);
                        return 1;
                      })))
          .startsWith("the call ended the runner with System.exit in " + ExitTest.class.getName());
      await().until(() -> caller.heard.contains(new ControlMessage.Draining("EXITED")));
      assertThat(other).isNotDone();
      Files.createFile(Path.of(go));
      assertThat(value(other.get(20, TimeUnit.SECONDS))).isEqualTo("finished");
      two.close();
      assertThat(child.exitCode()).as("the application's own").isEqualTo(3);
      assertThat(child.file("exit")).startsWith("14 EXITED a call ended the runner with System.ex");
      assertThat(child.file("last-words")).startsWith("flame: 14 EXITED a call ended the runner");
    }
  }

  /** In {@code writeObject}, say. */
  static final class Exiting implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    private void writeObject(java.io.ObjectOutputStream out) {
      Runtime.getRuntime().exit(4);
    }
  }

  @Test
  void aResultThatExitsWhileItIsWritten() throws Exception {
    try (ChildRunner child = child();
        SlotConnection one = child.slot(1)) {
      assertThat(exiting(call(one, Exiting::new))).contains("Exiting.writeObject");
      assertThat(child.exitCode()).isEqualTo(4);
    }
  }

  /** Whose thread it is nobody knows: who calls hears it at once, and its call has its grace. */
  @Test
  void aThreadThatACallMade() throws Exception {
    try (ChildRunner child = new ChildRunner(folder, 100);
        SlotConnection one = child.slot(1)) {
      TestRunner.Control caller = child.control(Role.CALLER, "c");
      Reply reply =
          call(
              one,
              () -> {
                Thread own = new Thread(() -> System.exit(5));
                own.start();
                own.join();
                return 1;
              });
      assertThat(((Reply.Failed) reply).kind()).isEqualTo(Reply.Failed.Kind.RUNNER_ENDED);
      assertThat(caller.heard).contains(new ControlMessage.Draining("EXITED"));
      assertThat(child.exitCode()).isEqualTo(5);
      assertThat(child.file("exit")).startsWith("14 EXITED the application ended the runner");
    }
  }

  @Test
  void haltLeavesNothingButItsStatus() throws Exception {
    try (ChildRunner child = child();
        SlotConnection one = child.slot(1)) {
      Reply reply =
          call(
              one,
              () -> {
                Runtime.getRuntime().halt(6);
                return 1;
              });
      assertThat(reply).isInstanceOf(Reply.Lost.class);
      assertThat(child.exitCode()).isEqualTo(6);
    }
  }

  @Test
  void stopThatExitsIsAnOrderlyEnd() throws Exception {
    try (ChildRunner child = child("-Dtest.stop=7")) {
      TestRunner.Control operator = child.control(Role.OPERATOR, "op");
      operator.send(new ControlMessage.Stop(3_600_000, "test"));
      assertThat(child.exitCode()).isEqualTo(12);
      assertThat(child.file("exit")).isEqualTo("12 DRAINED test\n");
    }
  }

  @Test
  void anApplicationThatExitsWhileItStartsIsNoOrderlyEnd() throws Exception {
    try (ChildRunner child = child("-Dtest.start=8")) {
      assertThat(child.exitCode()).isEqualTo(8);
      assertThat(child.file("exit"))
          .startsWith("14 EXITED the application ended the runner with System.exit in")
          .contains("TestApplication.start");
    }
  }
}
