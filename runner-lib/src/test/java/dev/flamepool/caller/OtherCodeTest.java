package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.CodeVersionMismatchException;
import dev.flamepool.Pool;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Certificates;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What those hear whose code the runners do not have. */
@Timeout(60)
class OtherCodeTest {
  private static final Certificates CERTIFICATES = new Certificates();
  private static final String UID = "uid-0";
  private static final List<String> HERE = List.of("app.jar=1", "lib.jar=2");

  private final ManualSource source = new ManualSource(CERTIFICATES.caller().identity());
  private ServerSocket server;
  private Engines engines;
  private Pool pool;

  @BeforeEach
  void open() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    engines =
        Engines.remote(
            "default",
            name -> source,
            OtherCodeTest.class.getClassLoader(),
            () -> new CodeVersion("mine", HERE),
            () -> {},
            Engines.Additions.NONE);
    pool = engines.pool("pool");
  }

  @AfterEach
  void close() throws Exception {
    engines.close(Duration.ZERO);
    server.close();
  }

  /** A runner that says so to whoever asks. */
  private CompletableFuture<Void> runner(List<String> artifacts) {
    return CompletableFuture.runAsync(
        () -> {
          try (Socket raw = server.accept()) {
            Incoming in = Incoming.accept(raw, CERTIFICATES.runner(UID).identity(), 5_000);
            in.acceptControl(
                new HelloAck(
                    in.protocol(),
                    UID,
                    "default/pool",
                    "theirs",
                    artifacts,
                    1,
                    Phase.SERVING,
                    List.of()));
            int end = raw.getInputStream().read();
            assertThat(end).isEqualTo(-1);
          } catch (IOException e) {
            // the caller has what it wanted
          }
        },
        task -> new Thread(task).start());
  }

  /**
   * @param sure whether the operator has said that no runner of this code will come
   */
  private void show(boolean sure, Duration bootTimeout) {
    source.show(
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1,
            List.of(
                new PoolView.Endpoint(
                    "pool-0", UID, "127.0.0.1:" + server.getLocalPort(), "theirs", 1)),
            Duration.ofSeconds(30),
            bootTimeout,
            0,
            List.of(),
            List.of(),
            sure ? Set.of("mine") : Set.of(),
            false,
            Map.of()));
  }

  /** A call waits 2 s for the answer, which a loaded machine may need longer for. */
  private void isNamed(String difference) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> pool.call(() -> 1))
                    .isInstanceOf(CodeVersionMismatchException.class)
                    .hasMessageContaining(difference));
  }

  @Test
  void theFirstArtifactThatDiffersIsNamedWhereACallFailsAtOnce() {
    CompletableFuture<Void> runner = runner(List.of("app.jar=1", "lib.jar=3"));
    show(true, Duration.ofSeconds(30));
    for (int i = 0; i < 2; i++) { // it is asked once
      isNamed("lib.jar (its content differs)");
    }
    runner.join();
  }

  @Test
  void itIsNamedWhereACallHasWaitedInVain() {
    CompletableFuture<Void> runner = runner(List.of("app.jar=1"));
    show(false, Duration.ofMillis(1_500));
    isNamed("lib.jar (only here)");
    runner.join();
  }

  @Test
  void aRunnerThatSaysNothingHoldsUpNobodyForLong() throws Exception {
    show(true, Duration.ofSeconds(30));
    assertThatThrownBy(() -> pool.call(() -> 1))
        .isInstanceOf(CodeVersionMismatchException.class)
        .hasMessageContaining("mine")
        .hasMessageContaining("theirs");
  }
}
