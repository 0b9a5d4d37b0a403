package dev.flamepool.simulators.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** Instances that are processes and run their user data. */
@Timeout(120)
class RealInstancesTest {
  private static final String HEAD =
      """
      #!/bin/sh
      ROOT="${FLAMEPOOL_ROOT:-}"
      set -eu
      """;

  @TempDir Path folder;
  private Ec2Simulator simulator;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    simulator =
        Ec2Simulator.start(new Ec2Options().stateDir(folder).rateLimits(false).bucket("releases"));
    aws = new Aws(simulator.uri());
  }

  @AfterEach
  void close() {
    aws.close();
    simulator.close();
  }

  private Instance launch(String script) {
    return aws.run(
        Aws.one("t" + System.nanoTime())
            .iamInstanceProfile(p -> p.name("runner"))
            .userData(Aws.base64(script)));
  }

  private Path root(String id) throws Exception {
    return folder.toRealPath().resolve("machines").resolve(id).resolve("root");
  }

  private void awaitState(String id, InstanceStateName state) {
    await().atMost(Duration.ofSeconds(40)).until(() -> aws.state(id) == state);
  }

  private void awaitConsole(String id, String words) {
    await().atMost(Duration.ofSeconds(40)).until(() -> console(id).contains(words));
  }

  private String console(String id) {
    String output = aws.ec2.getConsoleOutput(g -> g.instanceId(id).latest(true)).output();
    return output == null
        ? ""
        : new String(Base64.getMimeDecoder().decode(output), StandardCharsets.UTF_8);
  }

  @Test
  void aScriptRunsInItsOwnRootAndPowersOff() throws Exception {
    String id =
        launch(HEAD + "echo hello from $ROOT\npwd\n/usr/sbin/shutdown -P now\n").instanceId();
    awaitState(id, InstanceStateName.TERMINATED);
    assertThat(console(id)).contains("hello from " + root(id), "reboot: Power down");
    assertThat(aws.describe(id).stateReason().code()).isEqualTo("Client.InstanceInitiatedShutdown");
  }

  @Test
  void aScriptThatFailsWithoutPoweringOffLeavesItsInstance() {
    String id = launch(HEAD + "false\n").instanceId();
    awaitConsole(id, "user data ended with 1");
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.RUNNING);
    String guarded =
        launch(HEAD + "trap 'systemctl --no-block poweroff' EXIT\nfalse\n").instanceId();
    awaitState(guarded, InstanceStateName.TERMINATED);
    aws.terminate(id);
    awaitState(id, InstanceStateName.TERMINATED);
  }

  @Test
  void aScriptThatDoesNotHeedTheRootIsNotRun() {
    String id = launch("#!/bin/sh\necho ran; touch /tmp/never\n").instanceId();
    awaitConsole(id, "the user data is not run");
    assertThat(console(id)).doesNotContain("ran\n");
  }

  @Test
  void somethingLaterCanBeArmedAndCalledOff() {
    String id = launch(HEAD + "shutdown -P +1\nshutdown -c\necho calm\n").instanceId();
    String timer =
        launch(
                HEAD
                    + "systemd-run --unit=life --on-active=1s systemctl --no-block poweroff\n"
                    + "systemctl stop life.timer\necho calm\n")
            .instanceId();
    String other = launch(HEAD + "systemd-run --on-active=1s poweroff\n").instanceId();
    awaitState(other, InstanceStateName.TERMINATED);
    for (String calm : List.of(id, timer)) {
      awaitConsole(calm, "calm");
      assertThat(aws.state(calm)).isEqualTo(InstanceStateName.RUNNING);
    }
  }

  private static String unit(String start, String more) {
    return HEAD
        + """
        cat > "$ROOT/etc/systemd/system/app.service" <<'UNIT'
        [Unit]
        FailureAction=poweroff
        [Service]
        Type=exec
        User=nobody
        WorkingDirectory=/srv
        EnvironmentFile=/srv/env
        ExecStart=%s
        %s
        StandardOutput=journal+console
        UNIT
        mkdir -p "$ROOT/srv"
        cat > "$ROOT/srv/env" <<'ENV'
        PLAIN=a b
        ODD="quotes \\" dollar \\$HOME back\\\\slash \\`tick\\`
        second line # '%%s' EOF"
        ENV
        printf '#!/bin/bash\\n%%s\\n' 'env -0 > env.out; echo at work; trap "echo bye; exit 12" TERM; while :; do sleep 0.1; done' > "$ROOT/srv/run"
        chmod +x "$ROOT/srv/run"
        systemctl daemon-reload
        systemctl enable app.service
        systemctl start app.service
        echo script done
        """
            .formatted(start, more);
  }

  @Test
  void aServiceHasExactlyItsEnvironmentAndItsEndPowersOff() throws Exception {
    Instance launched =
        launch(unit("/srv/run", "ExecStopPost=+/usr/bin/systemctl --no-block poweroff"));
    String id = launched.instanceId();
    awaitConsole(id, "at work");
    List<String> env = List.of(Files.readString(root(id).resolve("srv/env.out")).split("\0", -1));
    assertThat(env)
        .contains(
            "PLAIN=a b",
            "ODD=quotes \" dollar $HOME back\\slash `tick`\nsecond line # '%s' EOF",
            "FLAME_BIND=" + launched.privateIpAddress());
    assertThat(env).noneMatch(e -> e.startsWith("HOME="));
    aws.terminate(id);
    awaitState(id, InstanceStateName.TERMINATED);
    assertThat(console(id)).contains("bye", "ended with 12");
  }

  @Test
  void whatFollowsTheEndOfAServiceHearsHowItEndedAndReadsItsJournal() {
    String id =
        launch(
                unit("/bin/sh -c 'echo last words; exit 7'", "ExecStopPost=+/bin/sh /srv/after")
                    .replace(
                        "systemctl daemon-reload",
                        """
                        cat > "$ROOT/srv/after" <<'AFTER'
                        echo "after $EXIT_CODE $EXIT_STATUS of $SERVICE_RESULT, $(systemctl is-system-running)"
                        journalctl --unit=app.service --output=cat --lines=1 | sed 's/^/it said: /'
                        AFTER
                        systemctl daemon-reload"""))
            .instanceId();
    awaitState(id, InstanceStateName.TERMINATED);
    assertThat(console(id)).contains("after exited 7 of exit-code, running", "it said: last words");
  }

  @Test
  void aServiceThatCannotStartPowersOff() {
    String id = launch(unit("/srv/missing", "")).instanceId();
    awaitState(id, InstanceStateName.TERMINATED);
    assertThat(console(id)).contains("cannot be executed");
  }

  @Test
  void itReachesItsMetadataAndItsBundleByTheirRealAddresses() throws Exception {
    aws.s3.putObject(
        p -> p.bucket("releases").key("app/word"),
        software.amazon.awssdk.core.sync.RequestBody.fromString("fetched"));
    String id =
        launch(
                HEAD
                    + """
                    md=http://169.254.169.254/latest
                    token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $md/api/token)
                    h="X-aws-ec2-metadata-token: $token"
                    echo "id $(curl -sf -H "$h" $md/meta-data/instance-id)"
                    role=$(curl -sf -H "$h" $md/meta-data/iam/security-credentials/)
                    creds=$(curl -sf -H "$h" $md/meta-data/iam/security-credentials/$role)
                    of() { echo "$creds" | sed "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/"; }
                    curl -sf --aws-sigv4 aws:amz:eu-central-1:s3 \\
                      --user "$(of AccessKeyId):$(of SecretAccessKey)" \\
                      -H "x-amz-security-token: $(of Token)" \\
                      https://releases.s3.eu-central-1.amazonaws.com/app/word
                    echo
                    """)
            .instanceId();
    awaitConsole(id, "fetched");
    assertThat(console(id)).contains("id " + id);
  }

  @Test
  void nothingIsLeftOnceItIsClosed() throws Exception {
    String id = launch(HEAD + "echo $$ > $ROOT/pid\nexec sleep 1000\n").instanceId();
    Path file = root(id).resolve("pid");
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(file) && Files.size(file) > 0);
    long pid = Long.parseLong(Files.readString(file).strip());
    simulator.close();
    await().until(() -> ProcessHandle.of(pid).flatMap(p -> p.info().command()).isEmpty());
  }
}
