package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.Silence;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller stops in the middle of a call: its place is free after the link's time. */
@Timeout(60)
@Tag("scenario")
class FrozenCallerTest {
  /**
   * A look that comes before the runner waits for its caller counts it as heard, at the time that
   * was pretended. Then that much time has to pass in truth.
   */
  private static final Duration TRULY = Duration.ofSeconds(40);

  private final ManualTicker clock = new ManualTicker();

  private TestRunner runner(boolean singleUse) {
    return new TestRunner(TestRunner.parent(singleUse ? 1 : 4, singleUse), clock, null);
  }

  private static int inFlight(TestRunner r) {
    return r.runner.runnerState().now().inFlight();
  }

  @Test
  void aBodyThatDoesNotComeKeepsNeitherAPlaceNorASingleUseRunner() throws Exception {
    TestRunner r = runner(true);
    try (RawPeer peer =
        RawPeer.slot(r.address, TestRunner.UID, TestRunner.CALLER, hello(Role.CALLER, "c"))) {
      peer.send(RawPeer.admitFirst(1_000_000));
      peer.awaitAdmission();
      peer.send(out -> out.u1(0)); // the rest never comes
      Silence.standStill(14);
      assertThat(inFlight(r)).isEqualTo(1);
      await()
          .atMost(TRULY)
          .until(
              () -> {
                Silence.standStill(17);
                return inFlight(r) == 0;
              });
      assertThat(r.awaitEnd()).isEqualTo(EndCause.SINGLE_USE);
    }
  }

  /** As one that was stopped: it reads nothing of its result of 16 MB. */
  @Test
  void aResultThatNobodyReadsIsNotWaitedFor() throws Exception {
    TestRunner r = runner(false);
    SlotConnection slot = r.slot("c", 1);
    FrozenReader frozen = new FrozenReader();
    CompletableFuture<Reply> reply =
        TestRunner.async(
            () ->
                slot.call(
                    Closures.encode(
                        (Task<byte[]>) () -> new byte[FrozenReader.BYTES], Task.class, true),
                    CallOptions.DEFAULT,
                    frozen,
                    Wait.FOREVER));
    frozen.awaitStop();
    r.runner.stop(3_600_000, "ends while it writes");
    await()
        .atMost(TRULY)
        .until(
            () -> {
              Silence.standStill(17);
              return r.ended.isDone();
            });
    assertThat(r.awaitEnd()).isEqualTo(EndCause.DRAINED);
    frozen.resume();
    assertThat(reply.get(20, TimeUnit.SECONDS)).isNotInstanceOf(Reply.Result.class);
  }

  static volatile CountDownLatch READING = new CountDownLatch(1);

  /** What a call brings, whose reading does not end by itself. */
  static final class Endless implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(java.io.ObjectInputStream in) throws IOException {
      READING.countDown();
      try {
        Thread.sleep(3_600_000);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  @Test
  void aReadingThatHangsEndsAtTheCallsDeadline() throws Exception {
    TestRunner r = runner(false);
    CountDownLatch reading = new CountDownLatch(1);
    READING = reading;
    try (SlotConnection slot = r.slot("c", 1)) {
      Endless endless = new Endless();
      CompletableFuture<Reply> reply =
          TestRunner.async(
              () ->
                  call(
                      slot,
                      () -> endless.hashCode(),
                      new CallOptions(1_000, true, Map.of()),
                      Wait.FOREVER));
      assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
      clock.advance(Duration.ofSeconds(1));
      assertThat(((Reply.Failed) reply.get(20, TimeUnit.SECONDS)).kind())
          .isEqualTo(Reply.Failed.Kind.TIMED_OUT);
    }
    r.close();
  }
}
