package dev.flamepool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.operator.credentials.TestCredentials;
import dev.flamepool.runner.FastRunner;
import dev.flamepool.runner.Runner;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Identity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against real runners in this JVM, over real TLS, through a proxy that can be cut. */
class WireRunnerLinksTest {
  private static final String POOL_UID = "pool-uid";
  private static final String UID = "uid-0";
  private static final Optional<Duration> NEVER = Optional.empty();

  private final TestCredentials credentials = new TestCredentials();
  private final WireRunnerLinks links = new WireRunnerLinks(credentials);
  private CuttableProxy proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new CuttableProxy();
  }

  @AfterEach
  void stop() throws Exception {
    links.close();
    proxy.close();
  }

  /** A runner that serves; completes with the cause when it ends. */
  private static final class Served implements Runner.Exit {
    final CompletableFuture<EndCause> ended = new CompletableFuture<>();
    final int port;

    Served(TestCredentials authority) throws Exception {
      Map<String, byte[]> files = authority.runnerIdentity(POOL_UID, UID, Duration.ofDays(1));
      Identity identity =
          Identity.of(files.get("ca.der"), files.get("cert.der"), files.get("key.pk8"));
      FlameParent parent =
          new FlameParent(
              1,
              "thumbs",
              "ns",
              "thumbs-0",
              UID,
              5,
              false,
              false,
              0,
              Path.of("none"),
              null,
              1000,
              -1,
              -1,
              -1,
              -1,
              "info");
      Runner runner = FastRunner.of(parent, identity, this);
      port = runner.listen("127.0.0.1", 0);
      runner.serve(null);
    }

    @Override
    public void exit(EndCause cause, String message) {
      ended.complete(cause);
    }

    @Override
    public void halt(EndCause cause, String message) {
      ended.complete(cause);
    }
  }

  private RunnerTarget target() {
    return new RunnerTarget("ns", "thumbs", POOL_UID, "thumbs-0", UID, proxy.address());
  }

  private RunnerReport awaitReport(boolean connected) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> links.report(UID),
            r -> r.map(RunnerReport::connected).equals(Optional.of(connected)))
        .orElseThrow();
  }

  @Test
  void aRunnerIsHeardAndItsChangesAreTold() throws Exception {
    Set<String> changed = ConcurrentHashMap.newKeySet();
    links.onChange(changed::add);
    proxy.to(new Served(credentials).port);
    assertThat(links.report(UID)).isEmpty();
    links.keep(target());
    RunnerReport report = awaitReport(true);
    assertThat(report.state()).isEqualTo(RunnerReport.State.SERVING);
    assertThat(report.codeVersion()).isNotEmpty();
    assertThat(report.problem()).isEmpty();
    await().until(() -> changed.contains(UID));
  }

  @Test
  void itConnectsAsSoonAsTheRunnerListensAndSaysWhyNotBefore() throws Exception {
    links.keep(target());
    assertThat(awaitReport(false))
        .satisfies(
            r -> {
              assertThat(r.state()).isEqualTo(RunnerReport.State.UNKNOWN);
              assertThat(r.problem()).contains(proxy.address());
            });
    proxy.to(new Served(credentials).port);
    awaitReport(true);
  }

  @Test
  void whatIsWantedIsToldToEveryNewConnection() throws Exception {
    Served first = new Served(credentials);
    proxy.to(first.port);
    links.settings(UID, new IdleSettings(false, Optional.of(Duration.ofMillis(1)), NEVER, "info"));
    links.keep(target());
    assertThat(first.ended.get()).isEqualTo(EndCause.IDLE);
    await().until(() -> links.report(UID).orElseThrow().cause(), "Idle"::equals);

    Served second = new Served(credentials);
    proxy.to(second.port);
    proxy.cut();
    assertThat(second.ended.get()).as("told anew").isEqualTo(EndCause.IDLE);
  }

  @Test
  void settingsThatChangeWhileTheConnectionIsLostArriveAfterwards() throws Exception {
    Served runner = new Served(credentials);
    proxy.to(runner.port);
    links.settings(UID, new IdleSettings(true, Optional.of(Duration.ofMillis(1)), NEVER, "info"));
    links.keep(target());
    awaitReport(true);
    proxy.to(0);
    proxy.cut();
    RunnerReport lost = awaitReport(false);
    assertThat(lost.problem()).contains(proxy.address());
    assertThat(lost.state()).as("what it said last").isEqualTo(RunnerReport.State.SERVING);
    assertThat(runner.ended).as("kept").isNotDone();
    links.settings(UID, new IdleSettings(false, Optional.of(Duration.ofMillis(1)), NEVER, "info"));
    proxy.to(runner.port);
    assertThat(runner.ended.get()).isEqualTo(EndCause.IDLE);
  }

  @Test
  void aRunnerOfAnotherAuthorityIsNotBelieved() throws Exception {
    proxy.to(new Served(new TestCredentials()).port);
    links.keep(target());
    RunnerReport report = awaitReport(false);
    assertThat(report.state()).isEqualTo(RunnerReport.State.UNKNOWN);
    assertThat(report.problem()).isNotEmpty();
  }

  /** It has calls to finish: it is told what is wanted after a cut, too. */
  @Test
  void aRunnerOfTheAuthorityBeforeIsReachedStill() throws Exception {
    Served runner = new Served(credentials);
    proxy.to(runner.port);
    links.keep(target());
    awaitReport(true);
    credentials.revoke(POOL_UID);
    proxy.to(0);
    proxy.cut();
    awaitReport(false);
    proxy.to(runner.port);
    awaitReport(true);
    links.settings(UID, new IdleSettings(false, Optional.of(Duration.ofMillis(1)), NEVER, "info"));
    assertThat(runner.ended.get()).isEqualTo(EndCause.IDLE);
  }

  @Test
  void threadsThatCannotBeMadeCostOneTryEach() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    try (WireRunnerLinks poor =
        new WireRunnerLinks(
            credentials,
            task -> {
              if (refused.getAndIncrement() < 2) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              Thread thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            })) {
      proxy.to(new Served(credentials).port);
      poor.keep(target());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> poor.report(UID).map(RunnerReport::connected).orElse(false));
      assertThat(refused).hasValueGreaterThan(2);
    }
  }

  @Test
  void aRunnerThatCallersWaitForIsDialledBeforeThoseThatWaitLonger() throws Exception {
    Semaphore gate = new Semaphore(0);
    List<String> dialled = new CopyOnWriteArrayList<>();
    try (WireRunnerLinks busy =
        new WireRunnerLinks(
            credentials,
            task -> {
              Thread thread =
                  new Thread(
                      () -> {
                        gate.acquireUninterruptibly();
                        task.run();
                      });
              thread.setDaemon(true);
              return thread;
            })) {
      busy.onChange(dialled::add);
      for (int i = 0; i < WireRunnerLinks.WORKERS; i++) {
        busy.keep(refusing("held-" + i));
      }
      busy.keep(refusing("ready"));
      busy.keepFirst(refusing("booting"));
      gate.release(1);
      await().until(() -> dialled.contains("ready"));
      assertThat(dialled.indexOf("booting")).as("%s", dialled).isEqualTo(1);
      gate.release(WireRunnerLinks.WORKERS);
    }
  }

  private static RunnerTarget refusing(String uid) {
    return new RunnerTarget("ns", "thumbs", POOL_UID, uid, uid, "127.0.0.1:1");
  }

  @Test
  void anErrorWhileItDialsOrTellsCostsOneTry() throws Exception {
    credentials.failOnce(new OutOfMemoryError("unable to create native thread"));
    links.onChange(
        uid -> {
          throw new StackOverflowError();
        });
    Set<String> changed = ConcurrentHashMap.newKeySet();
    links.onChange(changed::add);
    proxy.to(new Served(credentials).port);
    links.keep(target());
    awaitReport(true);
    await("whoever hears after one that fails").until(() -> changed.contains(UID));
  }

  @Test
  void aDroppedRunnerIsForgotten() throws Exception {
    proxy.to(new Served(credentials).port);
    links.keep(target());
    awaitReport(true);
    links.drop(UID);
    links.drop(UID);
    assertThat(links.report(UID)).isEmpty();
  }
}
