package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CallOptions;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens at the same moment, with real threads; the runners answer at once. */
@Timeout(300)
class RacesTest {
  private static final EncodedCall BODY =
      Closures.encode((RemoteCallable<String>) () -> "x", RemoteCallable.class, false);

  private static final long TIME =
      (long) (6e10 * Double.parseDouble(System.getProperty("schedules.minutes", "0")) / 3);
  private static final long SEED = Long.getLong("schedules.seed", new Random().nextInt(1_000_000));

  private final Threads threads = new Threads();
  private final QueueRoom room = new QueueRoom(1 << 20, 1 << 20);
  private final ManualSource source =
      new ManualSource(RealRunners.CERTIFICATES.caller().identity());
  private final Random random = new Random(SEED);
  private AtOnce network;

  @AfterEach
  void endThreads() {
    threads.close();
  }

  private PoolClient client(AtOnce.Answer answer) {
    network = new AtOnce(answer);
    return network.client(threads.blocking(), threads.timer(), source, room);
  }

  private void spin() {
    int times = random.nextInt(4_000);
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  /** It would be demand for a runner that nobody needs, and close would wait for it. */
  @Test
  void whatIsCancelledWhileItComesBackDoesNotWait() {
    PoolClient client = client((stay, call) -> new Reply.Refused(Refusal.DRAINING, ""));
    long end = System.nanoTime() + Math.max(TIME, 700_000_000L);
    for (int i = 0; System.nanoTime() < end; i++) {
      source.ready(List.of(AtOnce.endpoint(i, 1)));
      int before = network.answered();
      CompletableFuture<Object> call = client.submit(BODY, CallOptions.DEFAULTS).future();
      while (network.answered() == before) {
        Thread.onSpinWait();
      }
      spin();
      call.cancel(true);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .untilAsserted(
              () -> assertThat(room.held()).as("round of -Dschedules.seed=" + SEED).isZero());
    }
    client.close();
  }

  /** A place that becomes free while a call lines up is seen by one of both. */
  @Test
  void noPlaceIsFreeWhileACallWaits() {
    AtomicInteger most = new AtomicInteger();
    PoolClient client =
        client(
            (stay, call) -> {
              most.incrementAndGet();
              return new Reply.Result("x");
            });
    source.ready(List.of(AtOnce.endpoint(0, 1), AtOnce.endpoint(1, 1)));
    long end = System.nanoTime() + Math.max(TIME, 700_000_000L);
    while (System.nanoTime() < end) {
      List<CompletableFuture<Object>> calls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        calls.add(client.submit(BODY, CallOptions.DEFAULTS).future());
        spin();
      }
      int cancelled = random.nextInt(6);
      calls.get(cancelled).cancel(true);
      long began = System.nanoTime();
      for (CompletableFuture<Object> call : calls) {
        call.handle((value, failure) -> value).join();
      }
      // What the timer would hand out comes 250 ms later.
      assertThat(System.nanoTime() - began)
          .as("-Dschedules.seed=" + SEED)
          .isLessThan(Duration.ofSeconds(20).toNanos());
      await().untilAsserted(() -> assertThat(room.held()).isZero());
    }
    client.close();
    assertThat(most.get()).isPositive();
  }

  /** Whoever comes at the same moment is refused or is waited for. */
  @Test
  void noCallOutlivesClose() throws Exception {
    long end = System.nanoTime() + Math.max(TIME, 700_000_000L);
    while (System.nanoTime() < end) {
      PoolClient client = client((stay, call) -> new Reply.Result("x"));
      source.ready(List.of(AtOnce.endpoint(0, 1)));
      List<CompletableFuture<Object>> calls = new ArrayList<>();
      Thread making =
          new Thread(
              () -> {
                try {
                  while (true) {
                    calls.add(client.submit(BODY, CallOptions.DEFAULTS).future());
                  }
                } catch (RuntimeException e) {
                  // closed
                }
              });
      making.start();
      spin();
      client.refuse();
      boolean whole = client.awaitDone(Ticks.now() + Duration.ofSeconds(30).toNanos());
      client.close();
      making.join();
      assertThat(whole).isTrue();
      assertThat(calls).as("-Dschedules.seed=" + SEED).allMatch(CompletableFuture::isDone);
      assertThat(room.held()).isZero();
    }
  }
}
