package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.closure.Bombs;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.HeapFullException;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Timeouts;
import dev.flamepool.wire.Wait;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What runners send back never costs a caller of 64 MiB its other calls. */
@Timeout(120)
@Tag("scenario")
class SmallCallerTest {
  @TempDir Path folder;

  @Test
  void resultsOfAnySizeHarmNoOtherCall() throws Exception {
    TestRunner.POOL.caller().write(folder);
    try (TestRunner runner = new TestRunner(TestRunner.parent(64, false))) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  SmallCallerTest.class.getName(),
                  folder.toString(),
                  String.valueOf(runner.address.getPort()))
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      assertThat(said).contains("all done").doesNotContain("OutOfMemoryError");
    }
  }

  /** The child. */
  public static void main(String[] args) throws Exception {
    Small caller = new Small(Path.of(args[0]), Integer.parseInt(args[1]));
    SlotConnection one = caller.slot(1);
    tooLarge(caller.call(one, () -> new byte[40 << 20]), "40 MiB");
    tooLarge(caller.call(one, () -> Bombs.patternsHere(60)), "MiB");
    tooLarge(
        caller.call(
            one,
            () -> {
              List<Object> lists = new ArrayList<>();
              for (int i = 0; i < 2_000_000; i++) {
                lists.add(1_000_000 + i);
              }
              return lists;
            }),
        "MiB");
    check(caller.call(one, () -> 1) instanceof Reply.Result, "the slot goes on");
    System.out.println("too large done");

    List<CompletableFuture<Integer>> sizes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SlotConnection slot = caller.slot(2 + i);
      sizes.add(
          TestRunner.async(
              () ->
                  caller.call(slot, () -> new byte[16 << 20]) instanceof Reply.Result result
                      ? ((byte[]) result.value()).length
                      : 0));
    }
    for (CompletableFuture<Integer> size : sizes) {
      check(size.get(60, TimeUnit.SECONDS) == 16 << 20, "one by one");
    }
    System.out.println("all done");
  }

  private record Small(Identity identity, ReplyDecoder decoder, int port) {
    Small(Path folder, int port) throws Exception {
      this(
          Identity.fromFolder(folder),
          Closures.replies(SmallCallerTest.class.getClassLoader()),
          port);
    }

    SlotConnection slot(int number) throws Exception {
      return SlotConnection.open(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          TestRunner.UID,
          identity,
          TestRunner.hello(Role.CALLER, "small"),
          number,
          Timeouts.DEFAULT);
    }

    Reply call(SlotConnection slot, Task<?> task) {
      return slot.call(
          Closures.encode(task, Task.class, true), CallOptions.DEFAULT, decoder, Wait.FOREVER);
    }
  }

  private static void tooLarge(Reply reply, String size) {
    HeapFullException full =
        reply instanceof Reply.Unreadable unreadable
            ? HeapFullException.in(unreadable.cause())
            : null;
    check(full != null, String.valueOf(reply));
    String said = String.valueOf(full.getMessage());
    check(said.contains(size) && said.contains("half of its heap"), said);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
