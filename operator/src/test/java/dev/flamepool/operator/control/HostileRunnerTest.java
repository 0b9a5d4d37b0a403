package dev.flamepool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.operator.credentials.TestCredentials;
import dev.flamepool.wire.ControlEnd;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runners with a good certificate that say what no runner says: the operator hears none of it. */
@Timeout(60)
class HostileRunnerTest {
  private static final String POOL_UID = "pool-uid";

  private final TestCredentials credentials = new TestCredentials();
  private final WireRunnerLinks links = new WireRunnerLinks(credentials);
  private final List<ServerSocket> servers = new ArrayList<>();

  /** What it says after its hello. */
  private interface Script {
    void play(ControlEnd end) throws IOException;
  }

  @AfterEach
  void stop() throws Exception {
    links.close();
    for (ServerSocket server : servers) {
      server.close();
    }
  }

  private static HelloAck hello(String uid, String codeVersion, int maxConcurrency) {
    return new HelloAck(1, uid, "ns/thumbs", codeVersion, List.of(), maxConcurrency, Phase.SERVING);
  }

  /** A runner of that uid, which the operator keeps a link to. */
  private void serve(String uid, HelloAck ack, Script script) throws Exception {
    Map<String, byte[]> files = credentials.runnerIdentity(POOL_UID, uid, Duration.ofDays(1));
    Identity own = Identity.of(files.get("ca.der"), files.get("cert.der"), files.get("key.pk8"));
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    servers.add(server);
    Thread serving =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try {
                  Incoming in = Incoming.accept(server.accept(), own, 10_000);
                  ControlEnd end = in.acceptControl(ack);
                  script.play(end);
                  end.read(message -> {});
                } catch (IOException e) {
                  // the operator has had enough
                }
              }
            },
            "hostile-" + uid);
    serving.setDaemon(true);
    serving.start();
    links.keep(
        new RunnerTarget("ns", "thumbs", POOL_UID, uid, uid, "127.0.0.1:" + server.getLocalPort()));
  }

  private String awaitProblem(String uid, String words) {
    return await(words)
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> links.report(uid).map(RunnerReport::problem).orElse(""),
            problem -> problem.contains(words));
  }

  private static ControlMessage.State state(int inFlight, long idleMs, String cause, String text) {
    return new ControlMessage.State(Phase.SERVING, inFlight, idleMs, cause, text);
  }

  private static Map<String, ControlMessage> wrong() {
    Map<String, ControlMessage> all = new LinkedHashMap<>();
    all.put("State.inFlight is -5: ", state(-5, 0, "", ""));
    all.put("State.inFlight is 6: it may be 0 to 5", state(6, 0, "", ""));
    all.put("State.inFlight is 2147483647: ", state(Integer.MAX_VALUE, 0, "", ""));
    all.put("State.idleMs is -1: ", state(0, -1, "", ""));
    all.put("State.cause is a b: ", state(0, 0, "a\nb", ""));
    all.put("State.cause is AAA", state(0, 0, "A".repeat(5_000), ""));
    all.put("Draining.cause is idle: ", new ControlMessage.Draining("idle"));
    all.put("Load is not for a runner", new ControlMessage.Load(0, 0, 1, false, 0, 0));
    all.put("Grant is not for a runner", new ControlMessage.Grant(1));
    all.put("Stop is not for a runner", new ControlMessage.Stop(0, ""));
    return all;
  }

  @Test
  void whatItSaysOutOfRangeEndsItsLinkWithTheFieldAndTheValue() throws Exception {
    List<Map.Entry<String, ControlMessage>> wrong = List.copyOf(wrong().entrySet());
    for (int i = 0; i < wrong.size(); i++) {
      ControlMessage words = wrong.get(i).getValue();
      serve(
          "uid-" + i,
          hello("uid-" + i, "v1", 5),
          end -> {
            end.send(state(3, 0, "", ""));
            end.send(words);
          });
    }
    for (int i = 0; i < wrong.size(); i++) {
      assertThat(awaitProblem("uid-" + i, wrong.get(i).getKey()))
          .hasSizeLessThan(300)
          .doesNotContain("\n");
      assertThat(links.report("uid-" + i).orElseThrow().inFlight()).isIn(0, 3);
    }
  }

  @Test
  void aHelloOutOfRangeIsNotBelieved() throws Exception {
    serve("long", hello("long", "v".repeat(16_384), 5), end -> {});
    serve("lines", hello("lines", "v1\nv2", 5), end -> {});
    serve("none", hello("none", "v1", 0), end -> {});
    serve("many", hello("many", "v1", Integer.MAX_VALUE), end -> {});
    serve("other", hello("another", "v1", 5), end -> {});
    awaitProblem("other", "HelloAck.runnerUid is another: ");
    awaitProblem("long", "HelloAck.codeVersion is vvv");
    awaitProblem("lines", "HelloAck.codeVersion is v1 v2: ");
    awaitProblem("none", "HelloAck.maxConcurrency is 0: ");
    awaitProblem("many", "HelloAck.maxConcurrency is 2147483647: ");
    assertThat(links.report("long").orElseThrow())
        .satisfies(
            report -> {
              assertThat(report.connected()).isFalse();
              assertThat(report.codeVersion()).isEmpty();
              assertThat(report.problem()).hasSizeLessThan(300);
            });
  }

  @Test
  void aFloodIsReadNoFasterThanItIsHandledAndItsLastWordCounts() throws Exception {
    AtomicInteger told = new AtomicInteger();
    AtomicInteger sent = new AtomicInteger();
    links.onChange(uid -> told.incrementAndGet());
    long start = System.nanoTime();
    serve(
        "uid-0",
        hello("uid-0", "v1", 5),
        end -> {
          // As many as are read at once, and then some; each of them is news.
          for (int i = 0; i < 115; i++) {
            end.send(state(i % 5, 0, "", ""));
            sent.incrementAndGet();
          }
          end.send(state(5, 0, "", ""));
        });
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> links.report("uid-0").map(RunnerReport::inFlight).orElse(0), n -> n == 5);
    long pauses = (System.nanoTime() - start) / News.PAUSE.toNanos();
    assertThat(sent).hasValue(115);
    // The hello, the first of them, and one for each pause.
    assertThat((long) told.get()).isLessThanOrEqualTo(2 + pauses + 1);
    assertThat(links.report("uid-0").orElseThrow().connected()).as("it only waits").isTrue();
  }
}
