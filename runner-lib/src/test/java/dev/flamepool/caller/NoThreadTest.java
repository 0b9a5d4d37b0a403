package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.CallOptions;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteFunction;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The system has no thread left, each time at another moment: every call ends well all the same.
 */
@Timeout(120)
class NoThreadTest {
  private static final EncodedCall CALL =
      Closures.encode((RemoteCallable<String>) () -> "x", RemoteCallable.class, false);
  private static final EncodedCall ON_OBJECT =
      Closures.encode(
          (RemoteFunction<String, Integer>) String::length, RemoteFunction.class, false);

  private static Reply answer(Stay stay) {
    return stay.verb() == Stay.Verb.PLACE || stay.verb() == Stay.Verb.ATTACH
        ? new Reply.Stays(null, List.of())
        : new Reply.Result("x");
  }

  /** False once that many threads were not asked for. */
  private static boolean live(int without) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Threads threads = new Threads()) {
      Executor poor =
          task -> {
            if (asked.getAndIncrement() == without) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            threads.blocking().execute(task);
          };
      ManualSource source = new ManualSource(RealRunners.CERTIFICATES.caller().identity());
      QueueRoom room = new QueueRoom(1 << 20, 1 << 20);
      PoolClient client =
          new AtOnce((stay, call) -> answer(stay)).client(poor, threads.timer(), source, room);
      source.ready(List.of(AtOnce.endpoint(0, 3)));
      List<CompletableFuture<Object>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        calls.add(client.submit(CALL, CallOptions.DEFAULTS).future());
      }
      assertThat(client.call(CALL, CallOptions.DEFAULTS)).isEqualTo("x");
      Hold hold = client.place(CALL, CallOptions.DEFAULTS.concurrency(2));
      for (int i = 0; i < 4; i++) {
        calls.add(hold.submit(0, ON_OBJECT, CallOptions.DEFAULTS).future());
      }
      for (CompletableFuture<Object> call : calls) {
        assertThat(call.get(20, TimeUnit.SECONDS)).as("without thread " + without).isEqualTo("x");
      }
      hold.release(0, CallOptions.DEFAULTS);
      for (int i = 0; i < 3; i++) {
        assertThat(client.call(CALL, CallOptions.DEFAULTS)).isEqualTo("x");
      }
      client.refuse();
      assertThat(client.awaitDone(Ticks.now() + 20_000_000_000L)).isTrue();
      client.close();
      assertThat(room.held()).isZero();
    }
    return asked.get() > without;
  }

  @Test
  void oneThreadThatCannotBeMadeCostsNoCall() throws Exception {
    int without = 0;
    while (live(without)) {
      without++;
    }
    assertThat(without).isGreaterThan(10);
  }
}
