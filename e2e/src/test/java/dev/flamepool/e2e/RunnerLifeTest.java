package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlamePoolStatus.Endpoint;
import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What runners outlive, and what their calls see of it. */
@Tag("scenario")
class RunnerLifeTest extends Scenario {

  @Test
  void callsThatWaitAreServedAlthoughEveryRunnerWasKilled() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, maxConcurrency: 1, idleShutdownAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    Path held = folder.resolve("held");
    app.say("hold victim " + held);
    await("the only place to be taken", () -> Files.exists(held));
    IntStream.range(0, 3).forEach(i -> app.say("patient w" + i + " 1"));

    runnerProcesses().forEach(ProcessHandle::destroyForcibly);

    assertThat(outcome(app, "victim")).contains("RunnerLostException");
    IntStream.range(0, 3).forEach(i -> assertThat(outcome(app, "w" + i)).startsWith("done"));
  }

  @Test
  void aRunnerServesTheNextProcessOfItsApplication() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 20s"));
    JavaProcess old = startApp("old", "work");
    old.say("patient one 1");
    String one = outcome(old, "one");
    old.terminate();

    JavaProcess next = startApp("next", "work");
    next.say("patient two 1");
    assertThat(pid(outcome(next, "two"))).isEqualTo(pid(one));
  }

  @Test
  void theLimitOfACallIsThePoolsAndMayBeNone() throws Exception {
    startOperator();
    applyPool("work", local("min: 1, max: 1, timeout: 500ms, idleShutdownAfter: 5s"));
    JavaProcess app = startApp("app", "work");
    Path stopped = folder.resolve("stopped");
    app.say("limited over " + stopped);
    assertThat(outcome(app, "over")).contains("ExecutionTimeoutException");
    await(
        "the work to be stopped",
        () -> Files.exists(stopped) && Files.readString(stopped).equals("interrupted"));

    applyPool("work", local("min: 1, max: 1, timeout: never, idleShutdownAfter: 5s"));
    int[] tries = {0};
    await(
        "a call without a limit",
        () -> {
          String id = "long" + tries[0]++;
          app.say("call " + id + " 1000");
          return outcome(app, id).startsWith("done");
        });
  }

  /** As when the host of both is suspended: longer than a silent peer is given. */
  @Test
  void aPauseOfApplicationAndRunnerLosesNothing() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 1m"));
    JavaProcess app = startApp("app", "work");
    app.say("patient first 1");
    long runner = pid(outcome(app, "first"));
    app.say("patient paused 3000");
    app.say("patient second 1");
    assertThat(outcome(app, "second")).startsWith("done");

    List<Long> all = List.of(runner, app.pid());
    for (long pid : all) {
      signal("STOP", pid);
    }
    TimeUnit.SECONDS.sleep(17);
    for (long pid : all) {
      signal("CONT", pid);
    }
    assertThat(pid(outcome(app, "paused"))).isEqualTo(runner);
  }

  @Test
  void aRevokedCertificateIsRefusedWhileARunningCallEndsWellAndLaterOnesAreServed()
      throws Exception {
    startOperator();
    applyPool("work", local("min: 1, max: 2, maxConcurrency: 1"));
    JavaProcess app = startApp("app", "work");
    app.say("patient early 1");
    long old = pid(outcome(app, "early"));
    Map<String, String> leaked = clientSecret();
    app.say("patient running 6000");
    await("it to run", () -> callsOn(old));

    client
        .secrets()
        .inNamespace(namespace)
        .withName("flame-ca-" + pool("work").getMetadata().getUid())
        .delete();

    app.say("patient later 1");
    assertThat(pid(outcome(app, "later"))).isNotEqualTo(old);
    assertThat(pid(outcome(app, "running"))).isEqualTo(old);
    Map<String, String> now = clientSecret();
    assertThat(now.get("ca.der")).isNotEqualTo(leaked.get("ca.der"));
    await("one runner, of the new authority", () -> endpoints().size() == 1);
    Endpoint runner = endpoints().get(0);
    knock(runner, now, now);
    assertThatThrownBy(() -> knock(runner, now, leaked)).isInstanceOf(IOException.class);
  }

  private boolean callsOn(long pid) {
    return callers().stream().anyMatch(caller -> caller.getSpec().inFlight() > 0)
        && runnerProcesses().stream().anyMatch(process -> process.pid() == pid);
  }

  private List<Endpoint> endpoints() {
    return status("work").orElseThrow().endpoints();
  }

  private Map<String, String> clientSecret() {
    return client.secrets().inNamespace(namespace).withName("work-client").get().getData();
  }

  /** Connects as a caller that trusts one's authority and shows another's certificate. */
  private void knock(Endpoint runner, Map<String, String> trusted, Map<String, String> shown)
      throws Exception {
    Base64.Decoder base64 = Base64.getDecoder();
    Identity identity =
        Identity.of(
            base64.decode(trusted.get("ca.der")),
            base64.decode(shown.get("cert.der")),
            base64.decode(shown.get("key.pk8")));
    int colon = runner.address().lastIndexOf(':');
    ControlConnection.open(
            new InetSocketAddress(
                runner.address().substring(0, colon),
                Integer.parseInt(runner.address().substring(colon + 1))),
            runner.uid(),
            identity,
            new Hello(Role.CALLER, "knock", namespace + "/work", runner.codeVersion()),
            Timeouts.DEFAULT,
            new ControlListener() {
              @Override
              public void received(ControlMessage message) {}

              @Override
              public void closed(IOException cause) {}
            })
        .close();
  }

  private static void signal(String name, long pid) throws Exception {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    assertThat(code).isZero();
  }
}
