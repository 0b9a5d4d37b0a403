package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.CallOptions;
import dev.flamepool.Pool;
import dev.flamepool.QueueFullException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteFunction;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Stay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the public API does not let a test set: bounds and time. */
class PoolClientTest extends RealRunners {
  private final Threads threads = new Threads();
  private final Wiring wiring =
      new Wiring(
          "caller",
          () -> new CodeVersion(RunnerProcess.CODE, List.of()),
          Closures.replies(PoolClientTest.class.getClassLoader()),
          threads.blocking(),
          threads.timer());

  @AfterEach
  void endThreads() {
    threads.close();
  }

  @Test
  void moreBytesThanMayWaitAreRefusedAndNothingElse() throws Exception {
    source.ready(List.of());
    PoolClient client =
        new PoolClient(
            RunnerProcess.NAMESPACE,
            RunnerProcess.POOL,
            wiring,
            source,
            new QueueRoom(8_000, 8_000));
    Pool bounded = new PoolHandle(client, CallOptions.DEFAULTS);
    byte[] payload = new byte[5_000];
    CompletableFuture<Integer> waiting = bounded.submit(() -> payload.length);
    assertThatThrownBy(() -> bounded.submit(() -> payload.length))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("default/pool");
    assertThatThrownBy(() -> bounded.call(() -> payload.length))
        .isInstanceOf(QueueFullException.class);
    CompletableFuture<Integer> small = bounded.submit(() -> 1);
    waiting.cancel(true);
    CompletableFuture<Integer> instead = bounded.submit(() -> payload.length);
    ready(1, 1);
    assertThat(small.get()).isEqualTo(1);
    assertThat(instead.get()).isEqualTo(5_000);
    client.close();
  }

  /** Everything a runner's connections ask of their pool. */
  private final class Owner implements Runners.Owner {
    @Override
    public void released() {}

    @Override
    public int granted(RunnerLink link, int places) {
      return places;
    }

    @Override
    public void identityRefused() {}

    @Override
    public boolean isCutOff() {
      return false;
    }

    @Override
    public boolean hasWaitedEnough(Call call) {
      return false;
    }

    @Override
    public Hello hello() {
      return wiring.hello(RunnerProcess.NAMESPACE + "/" + RunnerProcess.POOL);
    }

    @Override
    public Identity identity() {
      return source.identity();
    }
  }

  private static int call(Runners from) {
    SyncCall call =
        new SyncCall(
            1,
            Closures.encode((RemoteCallable<Integer>) () -> 7, RemoteCallable.class, false),
            CallOptions.DEFAULTS);
    RunnerLink link = from.take();
    return (Integer) ((Reply.Result) link.exchange(call, Ticks.NEVER)).value();
  }

  @Test
  void aPlaceThatIsKeptOutlivesIdleConnections() throws Exception {
    Runners used = new Runners(wiring, new Owner());
    used.update(List.of(start(0, 2).endpoint()), 1);
    String end = file("end");
    RemoteCallable<Counter> factory = () -> new Counter(end);
    SyncCall place =
        new SyncCall(
            1, Closures.encode(factory, RemoteCallable.class, false), CallOptions.DEFAULTS);
    place.stay = new Stay(Stay.Verb.PLACE, 1);
    assertThat(used.take().exchange(place, Ticks.NEVER)).isInstanceOf(Reply.Stays.class);
    assertThat(call(used)).isEqualTo(7);
    used.closeIdle(Ticks.now() + Duration.ofSeconds(31).toNanos());
    RemoteFunction<Counter, Integer> next = Counter::next;
    HeldCall on =
        new HeldCall(
            2,
            Closures.encode(next, RemoteFunction.class, false),
            CallOptions.DEFAULTS,
            new Stay(Stay.Verb.ON, 0),
            false,
            new Admission());
    assertThat(place.seat.carryOut(on)).isEqualTo(new Reply.Result(1));
    place.seat.cut();
    awaitFile("end");
    used.cutOff();
  }

  @Test
  void connectionsAreClosedWhenNobodyUsedThemForThirtySeconds() throws Exception {
    Runners used = new Runners(wiring, new Owner());
    used.update(List.of(start(0, 2).endpoint()), 1);
    assertThat(call(used)).isEqualTo(7);
    assertThat(used.isConnected()).isTrue();
    used.closeIdle(Ticks.now() + Duration.ofSeconds(29).toNanos());
    assertThat(used.isConnected()).isTrue();
    used.closeIdle(Ticks.now() + Duration.ofSeconds(31).toNanos());
    assertThat(used.isConnected()).isFalse();
    assertThat(call(used)).as("and opened again").isEqualTo(7);
    used.cutOff();
  }
}
