package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.BootFailedException;
import dev.flamepool.CallOptions;
import dev.flamepool.CodeVersionMismatchException;
import dev.flamepool.CredentialsException;
import dev.flamepool.PoolDeletedException;
import dev.flamepool.PoolNotFoundException;
import dev.flamepool.PoolState;
import dev.flamepool.PoolSuspendedException;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.wire.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final String POOL = "shop/thumbs";
  private static final PoolView.Endpoint READY =
      new PoolView.Endpoint("thumbs-0", "u0", "127.0.0.1:1", "v1", 5);

  private static PoolView view(
      PoolView.Presence presence,
      boolean suspended,
      List<PoolView.Endpoint> endpoints,
      PoolState.Condition... conditions) {
    return new PoolView(
        presence,
        suspended,
        1,
        endpoints,
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        0,
        List.of(conditions),
        List.of(
            new PoolState.Failure(
                "thumbs-0",
                "",
                "fra",
                "Exited",
                "exit code 1",
                List.of("starting", "no database"))));
  }

  @Test
  void whatCannotEndWellFailsAtOnceAndSaysWhatToDo() {
    assertThat(Verdict.of(POOL, PoolView.NOT_FOUND, "v1", 0, ""))
        .isInstanceOf(PoolNotFoundException.class)
        .hasMessageContaining("kubectl get flamepools -n shop");
    assertThat(Verdict.of(POOL, view(PoolView.Presence.PRESENT, true, List.of()), "v1", 0, ""))
        .isInstanceOf(PoolSuspendedException.class)
        .hasMessageContaining("spec.suspend");
    assertThat(Verdict.of(POOL, view(PoolView.Presence.DELETED, false, List.of()), "v1", 0, ""))
        .isInstanceOf(PoolDeletedException.class);
  }

  @Test
  void bootsThatFailAreToldInTheBackendsWordsUnlessARunnerIsReady() {
    PoolState.Condition broken =
        new PoolState.Condition("BootHealthy", "False", "BootFailing", "3 boots failed in a row");
    assertThat(
            Verdict.of(
                POOL, view(PoolView.Presence.PRESENT, false, List.of(), broken), "v1", 2, ""))
        .isInstanceOf(BootFailedException.class)
        .hasMessageContainingAll(
            "BootFailing", "3 boots failed in a row", "exit code 1", "no database");
    assertThat(
            Verdict.of(
                POOL, view(PoolView.Presence.PRESENT, false, List.of(READY), broken), "v1", 2, ""))
        .isNull();
    PoolState.Condition noRoute =
        new PoolState.Condition("BackendReady", "False", "NoRoute", "10.0.0.7: no route to host");
    assertThat(
            Verdict.of(
                POOL, view(PoolView.Presence.PRESENT, false, List.of(), noRoute), "v1", 2, ""))
        .isInstanceOf(BootFailedException.class)
        .hasMessageContaining("10.0.0.7: no route to host");
  }

  @Test
  void aSpecThatIsRefusedFailsTheCallsInTheOperatorsWords() {
    PoolState.Condition invalid =
        new PoolState.Condition("Ready", "False", "InvalidSpec", "spec.min is 3, over spec.max");
    assertThat(
            Verdict.of(
                POOL, view(PoolView.Presence.PRESENT, false, List.of(), invalid), "v1", 0, ""))
        .isInstanceOf(BootFailedException.class)
        .hasMessageContaining("spec.min is 3, over spec.max");
  }

  @Test
  void lackOfCapacityIsWaitedFor() {
    PoolState.Condition full =
        new PoolState.Condition("CapacityAvailable", "False", "NoCapacity", "try later");
    PoolState.Condition notReady =
        new PoolState.Condition("Ready", "False", "NoCapacity", "try later");
    assertThat(
            Verdict.of(
                POOL,
                view(PoolView.Presence.PRESENT, false, List.of(), notReady, full),
                "v1",
                0,
                ""))
        .isNull();
    assertThat(Verdict.of(POOL, PoolView.UNKNOWN, "v1", 0, "")).isNull();
  }

  @Test
  void otherCodeFailsAtOnceOnlyWhenTheOperatorIsSure() {
    PoolView other = view(PoolView.Presence.PRESENT, false, List.of(READY));
    assertThat(Verdict.of(POOL, other, "v2", 0, "")).isNull();
    PoolView sure =
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1,
            List.of(READY),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            0,
            List.of(
                new PoolState.Condition(
                    Verdict.MISMATCH, "True", Verdict.MISMATCH, "the newest yields v1")),
            List.of(),
            Set.of("v2"),
            false,
            Map.of());
    assertThat(Verdict.of(POOL, sure, "v3", 0, "")).as("another's version").isNull();
    assertThat(Verdict.of(POOL, sure, "v1", 0, "")).isNull();
    assertThat(Verdict.of(POOL, sure, "v2", 0, ""))
        .isInstanceOfSatisfying(
            CodeVersionMismatchException.class,
            e -> {
              assertThat(e.callerVersion()).isEqualTo("v2");
              assertThat(e.runnerVersion()).isEqualTo("v1");
              assertThat(e).hasMessageContaining("the newest yields v1");
            });
  }

  @Test
  void aWaitInVainNamesWhatWasMissing() {
    PoolView present = view(PoolView.Presence.PRESENT, false, List.of());
    CallOptions options = CallOptions.DEFAULTS;
    var noSecret = new PoolSource.News(present, null, "not allowed (403)");
    assertThat(Verdict.expired(POOL, noSecret, "v1", options, 1, "", ""))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContainingAll("thumbs-client", "thumbs-caller", "403");
    var nothing = new PoolSource.News(PoolView.UNKNOWN, null, "connection refused");
    assertThat(
            Verdict.expired(
                POOL, nothing, "v1", options.timeout(Duration.ofMillis(1500)), 1, "", ""))
        .isInstanceOfSatisfying(
            QueueTimeoutException.class, e -> assertThat(e.poolState().queued()).isEqualTo(1))
        .hasMessageContainingAll("1500 ms", "connection refused");
  }

  @Test
  void thePageHasTheCausesOfAWaitInVain() throws Exception {
    assertThat(Files.readString(Path.of("../docs/troubleshooting.md")))
        .contains(
            "`Those that are ready were busy`",
            "`None is ready: BootHealthy=...`",
            "`None is ready, 1 boot`",
            "`None is wanted yet`",
            "`Nothing was heard of the pool yet`");
    assertThat(waitedInVain(view(PoolView.Presence.PRESENT, false, List.of(READY)), ""))
        .contains("Those that are ready were busy");
    assertThat(waitedInVain(PoolView.UNKNOWN, "")).contains("Nothing was heard of the pool yet");
  }

  private static String waitedInVain(PoolView view, String troubles) {
    PoolSource.News news = new PoolSource.News(view, new Certificates().caller().identity(), null);
    return Verdict.expired(POOL, news, "v1", CallOptions.DEFAULTS, 1, troubles, "").getMessage();
  }

  @Test
  void aWaitForRunnersThatDoNotBootHearsWhyAndNothingOfMax() {
    String hint = "exit code 0 before it said hello: is `if (Flame.serveIfRunner(App::start))";
    for (PoolState.Condition boot :
        List.of(
            new PoolState.Condition("BootHealthy", "Unknown", "BootFailed", hint),
            new PoolState.Condition("BootHealthy", "Unknown", "NoHello", hint))) {
      assertThat(waitedInVain(view(PoolView.Presence.PRESENT, false, List.of(), boot), ""))
          .contains("None is ready: BootHealthy=Unknown, " + boot.reason() + ": " + hint)
          .contains("\n  | no database")
          .doesNotContain("spec.max");
    }
  }

  @Test
  void theRemedyForAWaitInVainFitsItsCause() {
    assertThat(waitedInVain(view(PoolView.Presence.PRESENT, false, List.of(READY)), ""))
        .contains("busy: raise spec.max or spec.maxConcurrency");
    assertThat(
            waitedInVain(
                view(PoolView.Presence.PRESENT, false, List.of(READY)),
                "\n  thumbs-0: cannot be reached"))
        .contains("thumbs-0: cannot be reached")
        .doesNotContain("spec.max");
    PoolState.Condition full =
        new PoolState.Condition("CapacityAvailable", "False", "QuotaExceeded", "12 of 12 CPUs");
    assertThat(waitedInVain(view(PoolView.Presence.PRESENT, false, List.of(), full), ""))
        .contains("None is ready: CapacityAvailable=False, QuotaExceeded: 12 of 12 CPUs")
        .doesNotContain("spec.max");
    PoolView fresh =
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            0,
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            0,
            List.of(),
            List.of());
    assertThat(waitedInVain(fresh, ""))
        .contains("None is wanted yet: does the operator run", "namespace shop");
    PoolView booting =
        new PoolView(
            PoolView.Presence.PRESENT,
            false,
            1,
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            1,
            List.of(),
            List.of());
    assertThat(waitedInVain(booting, "")).contains("None is ready, 1 boot: raise spec.bootTimeout");
  }

  @Test
  void bootsThatFailAskForServeIfRunnerOnlyInTheOperatorsWords() {
    PoolState.Condition slow =
        new PoolState.Condition("BootHealthy", "False", "BootFailing", "exit code 1");
    assertThat(
            Verdict.of(POOL, view(PoolView.Presence.PRESENT, false, List.of(), slow), "v1", 2, ""))
        .hasMessageContaining("exit code 1")
        .hasMessageNotContaining("serveIfRunner");
  }
}
