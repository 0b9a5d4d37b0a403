package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who holds no certificate: keeps nobody out, holds few threads, and nobody waits for it. */
@Timeout(60)
@Tag("scenario")
class HostileNetworkTest {
  private final TestRunner runner = new TestRunner(TestRunner.parent(4, false));
  private final List<Socket> held = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket s : held) {
      s.close();
    }
    runner.close();
  }

  /** Connects from one of the loopback's addresses and says so much of nothing. */
  private void connect(int from, byte[] words) throws IOException {
    Socket s = new Socket();
    s.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) from}), 0));
    s.connect(runner.address);
    s.getOutputStream().write(words);
    held.add(s);
  }

  private void honestOnesAreServed() throws Exception {
    try (SlotConnection caller = runner.slot("honest", 1);
        TestRunner.Control operator = runner.control(Role.OPERATOR, "restarted")) {
      assertThat(value(call(caller, () -> 1))).isEqualTo(1);
      await().until(() -> operator.heard.stream().anyMatch(TestRunner::isServing));
    }
  }

  @Test
  void sixHundredSilentConnectionsLockNobodyOut() throws Exception {
    for (int i = 0; i < 600; i++) {
      connect(1, new byte[0]);
    }
    honestOnesAreServed();
    for (int i = 0; i < 600; i++) {
      connect(i % 200, new byte[0]);
    }
    honestOnesAreServed();
    assertThat(runner.runner.arrivals().size()).isLessThanOrEqualTo(2 * Arrivals.PLACES);
  }

  @Test
  void whoBeginsToSpeakAndStopsKeepsNobodyOutEither() throws Exception {
    byte[] headOfARecord = {22, 3, 1, 63, 0};
    for (int i = 0; i < 600; i++) {
      connect(i % 3, headOfARecord);
    }
    honestOnesAreServed();
  }

  @Test
  void whatComesToNothingIsCountedInOneLine() throws Exception {
    for (int i = 0; i < 100; i++) {
      connect(1, new byte[] {'G', 'E', 'T', ' ', '/', '\r', '\n', '\r', '\n'});
    }
    await().until(() -> runner.runner.cameToNothing() == 100);
    honestOnesAreServed();
  }
}
