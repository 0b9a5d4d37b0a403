package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.closure.Bombs;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.HelloRefusedException;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Site;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Stay;
import dev.flamepool.wire.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers bring and take never costs a runner of 64 MiB the calls of others. */
@Timeout(120)
@Tag("scenario")
class BoundsTest {
  @TempDir Path folder;

  @Test
  void aCallThatRunsIsNotHarmedByTheSizesOfOthers() throws Exception {
    try (ChildRunner child = new ChildRunner(folder, 1_000);
        SlotConnection one = child.slot("a", 1)) {
      String started = folder.resolve("started").toString();
      String go = folder.resolve("go").toString();
      CompletableFuture<Reply> running =
          TestRunner.async(
              () ->
                  call(
                      one,
                      () -> {
                        Files.createFile(Path.of(started));
                        while (!Files.exists(Path.of(go))) {
                          Thread.sleep(5);
                        }
                        return "ended well";
                      }));
      await().until(() -> Files.exists(Path.of(started)));
      tooLarge(child);
      manyThatFitAloneOnly(child);
      slotsKeepNoResults(child);
      anObjectStaysWhoseCallDoesNotFitNow(child, folder);
      resultsThatAreTooLargeToEncode(child);
      resultsThatFitOneByOne(child);
      failuresThatHoldMuch(child);
      callsThatGrowAsTheyAreRead(child);
      namesWithoutEnd(child);
      asManyConnectionsAsItAdmits(child);
      Files.createFile(Path.of(go));
      assertThat(value(running.get(20, TimeUnit.SECONDS))).isEqualTo("ended well");
      assertThat(child.process().isAlive()).as(child.file("output.log")).isTrue();
    }
  }

  private static void tooLarge(ChildRunner child) throws Exception {
    try (SlotConnection slot = child.slot("b", 1)) {
      byte[] large = new byte[80 << 20];
      Reply reply = call(slot, () -> large.length);
      assertThat(reply).isInstanceOf(Reply.Failed.class);
      assertThat(((Reply.Failed) reply).kind()).isEqualTo(Reply.Failed.Kind.CALL_NOT_READABLE);
      assertThat(((Reply.Failed) reply).failure().getMessage())
          .contains("80 MiB (83886", "half of its heap", "-Xmx");
      assertThat(value(call(slot, () -> 1))).as("the slot goes on").isEqualTo(1);
    }
  }

  /** Each that does not fit now is refused, and goes elsewhere or waits. */
  private static void manyThatFitAloneOnly(ChildRunner child) throws Exception {
    byte[] large = new byte[12 << 20];
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    List<SlotConnection> slots = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SlotConnection slot = child.slot("c" + i, 1);
      slots.add(slot);
      replies.add(TestRunner.async(() -> call(slot, () -> large.length)));
    }
    int served = 0;
    for (CompletableFuture<Reply> reply : replies) {
      Reply r = reply.get(60, TimeUnit.SECONDS);
      if (r instanceof Reply.Result result) {
        assertThat(result.value()).isEqualTo(large.length);
        served++;
      } else {
        assertThat(r).isInstanceOf(Reply.Refused.class);
      }
    }
    assertThat(served).isPositive();
    assertThat(value(call(slots.get(0), () -> large.length))).isEqualTo(large.length);
    slots.forEach(SlotConnection::close);
  }

  private static void slotsKeepNoResults(ChildRunner child) throws Exception {
    List<SlotConnection> slots = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SlotConnection slot = child.slot("d" + i, 1);
      slots.add(slot);
      assertThat((byte[]) value(call(slot, () -> new byte[12 << 20]))).hasSize(12 << 20);
    }
    assertThat(used(slots.get(0))).isLessThan(36 << 20);
    slots.forEach(SlotConnection::close);
  }

  /** Its call can go nowhere else, so it is told, and made again. */
  private static void anObjectStaysWhoseCallDoesNotFitNow(ChildRunner child, Path folder)
      throws Exception {
    String started = folder.resolve("large-started").toString();
    String go = folder.resolve("large-go").toString();
    byte[] large = new byte[17 << 20];
    try (SlotConnection object = child.slot("e", 1);
        SlotConnection other = child.slot("f", 1)) {
      assertThat(on(object, Stay.Verb.PLACE, () -> "object")).isInstanceOf(Reply.Stays.class);
      CompletableFuture<Reply> holding =
          TestRunner.async(
              () ->
                  call(
                      other,
                      () -> {
                        Files.createFile(Path.of(started));
                        while (!Files.exists(Path.of(go))) {
                          Thread.sleep(5);
                        }
                        return large.length;
                      }));
      await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(Path.of(started)));
      Reply told = on(object, Stay.Verb.ON, () -> large.length);
      assertThat(told).isInstanceOf(Reply.Failed.class);
      assertThat(((Reply.Failed) told).failure().getMessage())
          .contains("17 MiB", "make it again", "-Xmx");
      assertThat(value(on(object, Stay.Verb.ON, () -> 1))).as("it stays").isEqualTo(1);
      Files.createFile(Path.of(go));
      assertThat(value(holding.get(20, TimeUnit.SECONDS))).isEqualTo(large.length);
      assertThat(value(on(object, Stay.Verb.ON, () -> large.length))).isEqualTo(large.length);
    }
  }

  /** Whoever asked for it is told its size and the limit; in Java streams and by hand. */
  private static void resultsThatAreTooLargeToEncode(ChildRunner child) throws Exception {
    try (SlotConnection slot = child.slot("g", 1)) {
      tooLarge(call(slot, () -> new Bombs.Endless(300)), "a quarter of its heap");
      tooLarge(
          call(slot, () -> List.of(new int[2 << 20], new long[1 << 20], new double[1 << 20])),
          "a quarter of its heap");
      tooLarge(call(slot, () -> "\u20ac".repeat(7 << 20)), "a quarter of its heap");
      assertThat(value(call(slot, () -> 1))).as("the slot goes on").isEqualTo(1);
    }
  }

  private static void tooLarge(Reply reply, String limit) {
    assertThat(reply).isInstanceOf(Reply.Failed.class);
    Reply.Failed failed = (Reply.Failed) reply;
    assertThat(failed.kind()).isEqualTo(Reply.Failed.Kind.RESULT_NOT_SERIALIZABLE);
    assertThat(failed.failure().getMessage()).contains("takes at least", limit, "-Xmx");
  }

  /** One that does not fit now waits for the other; for more the 10 s may be too short. */
  private static void resultsThatFitOneByOne(ChildRunner child) throws Exception {
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    List<SlotConnection> slots = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SlotConnection slot = child.slot("h" + i, 1);
      slots.add(slot);
      replies.add(TestRunner.async(() -> call(slot, () -> new int[2 << 20])));
    }
    for (CompletableFuture<Reply> reply : replies) {
      assertThat((int[]) value(reply.get(60, TimeUnit.SECONDS))).hasSize(2 << 20);
    }
    slots.forEach(SlotConnection::close);
  }

  private static void failuresThatHoldMuch(ChildRunner child) throws Exception {
    try (SlotConnection slot = child.slot("i", 1)) {
      Reply held =
          call(
              slot,
              () -> {
                throw new Bombs.Heavy(20);
              });
      assertThat(((Reply.Failed) held).failure()).hasMessageContaining("heavy");
      Reply said =
          call(
              slot,
              () -> {
                throw new IllegalStateException("x".repeat(8 << 20));
              });
      assertThat(((Reply.Failed) said).failure()).hasMessageContaining("xxx");
    }
  }

  /** One that never fits is told so; of several at once, those that do not fit now are refused. */
  private static void callsThatGrowAsTheyAreRead(ChildRunner child) throws Exception {
    List<?> none = List.of();
    EncodedCall honest = Closures.encode((Task<?>) none::size, Task.class, false);
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    List<SlotConnection> slots = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SlotConnection slot = child.slot("j" + i, 1);
      slots.add(slot);
      EncodedCall large = new EncodedCall(honest.site(), Bombs.patterns(20));
      replies.add(TestRunner.async(() -> send(slot, large)));
    }
    for (CompletableFuture<Reply> reply : replies) {
      Reply r = reply.get(60, TimeUnit.SECONDS);
      assertThat(r instanceof Reply.Refused || value(r).equals(20)).as("%s", r).isTrue();
    }
    Reply never = send(slots.get(0), new EncodedCall(honest.site(), Bombs.patterns(12_000)));
    assertThat(((Reply.Failed) never).kind()).isEqualTo(Reply.Failed.Kind.CALL_NOT_READABLE);
    assertThat(((Reply.Failed) never).failure().getMessage())
        .contains("takes at least", "half of its heap", "-Xmx");
    assertThat(value(send(slots.get(0), honest))).as("the slot goes on").isEqualTo(0);
    slots.forEach(SlotConnection::close);
  }

  /** What is described once is remembered as far as there is room, else described each time. */
  private static void namesWithoutEnd(ChildRunner child) throws Exception {
    EncodedCall honest = Closures.encode((Task<?>) () -> 7, Task.class, false);
    List<SlotConnection> slots = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      slots.add(child.slot("k" + i, 1));
    }
    long before = used(slots.get(0));
    for (int i = 0; i < slots.size(); i++) {
      SlotConnection slot = slots.get(i);
      for (int n = 0; n < 28; n++) {
        send(
            slot, n % 2 == 0 ? anotherSite(i + "-" + n) : otherClasses(honest.site(), i + "-" + n));
      }
    }
    assertThat(used(slots.get(0)) - before).as("of 16 MB").isLessThan(6 << 20);
    for (SlotConnection slot : slots) {
      assertThat(value(send(slot, honest))).isEqualTo(7);
    }
    for (int i = 0; i < 150; i++) { // each is another site by its identity
      Site s = honest.site();
      Site copy =
          new Site(
              s.capturingClass(),
              s.functionalInterfaceClass(),
              s.functionalInterfaceMethodName(),
              s.functionalInterfaceMethodSignature(),
              s.implMethodKind(),
              s.implClass(),
              s.implMethodName(),
              s.implMethodSignature(),
              s.instantiatedMethodType(),
              s.captures(),
              s.applied());
      assertThat(value(send(slots.get(0), new EncodedCall(copy, honest.body())))).isEqualTo(7);
    }
    slots.forEach(SlotConnection::close);
  }

  /** Of 96 kB, and unknown there. */
  private static EncodedCall anotherSite(String name) {
    String n = name + "n".repeat(12_000);
    return new EncodedCall(
        new Site(n, n, n, n, 6, n, n, n, n, 0, false), new Body(List.of(), new Out(0)));
  }

  /** 96 kB of names that its values do not mention. */
  private static EncodedCall otherClasses(Site site, String name) {
    List<String> classes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      classes.add(name + "." + i + "n".repeat(12_000));
    }
    Out none = new Out(1);
    none.u1(0);
    return new EncodedCall(site, new Body(classes, none));
  }

  /** Those beyond are refused; what large messages need is not kept. */
  private static void asManyConnectionsAsItAdmits(ChildRunner child) throws Exception {
    List<SlotConnection> slots = new ArrayList<>();
    HelloRefusedException refused = null;
    while (refused == null) {
      try {
        slots.add(child.slot("l" + slots.size(), 1));
      } catch (HelloRefusedException e) {
        refused = e;
      }
    }
    assertThat(refused.reason()).isEqualTo(HelloRefusedException.Reason.SHARE);
    assertThat(refused).hasMessageContaining("-Xmx");
    long before = used(slots.get(0));
    byte[] some = new byte[300_000];
    byte[] large = new byte[8 << 20];
    for (int i = 0; i < 60; i++) {
      byte[] sent = i == 0 ? large : some;
      int n = sent.length;
      if (i % 2 == 0) {
        assertThat(value(call(slots.get(i), () -> sent.length))).isEqualTo(n);
      } else {
        assertThat((byte[]) value(call(slots.get(i), () -> new byte[n]))).hasSize(n);
      }
    }
    long after = used(slots.get(0));
    // Buffers of 60 connections in use are 2.5 MB where the caller is fast; messages would be 18.
    assertThat(after - before).as("of %s connections", slots.size()).isLessThan(4 << 20);
    slots.forEach(SlotConnection::close);
  }

  private static long used(SlotConnection slot) {
    return (Long)
        value(
            call(
                slot,
                () -> {
                  System.gc();
                  Runtime runtime = Runtime.getRuntime();
                  return runtime.totalMemory() - runtime.freeMemory();
                }));
  }

  private static Reply send(SlotConnection slot, EncodedCall call) {
    return slot.call(call, CallOptions.DEFAULT, TestRunner.DECODER, Wait.FOREVER);
  }

  private static Reply on(SlotConnection slot, Stay.Verb verb, Task<?> work) {
    return slot.call(
        new Stay(verb, verb == Stay.Verb.PLACE ? 1 : 0),
        Closures.encode(work, Task.class, false),
        CallOptions.DEFAULT,
        TestRunner.DECODER,
        Wait.FOREVER);
  }
}
