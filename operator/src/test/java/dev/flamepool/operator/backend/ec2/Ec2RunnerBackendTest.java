package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Ec2Server;
import dev.flamepool.operator.backend.Ec2Server.Made;
import dev.flamepool.operator.backend.Ec2Server.Trouble;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Machine.State;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.ScriptedCloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What EC2 can do to its callers, over HTTP with AWS's own SDK (T20 to T22, T39, T40). */
class Ec2RunnerBackendTest {
  private static final String BOOT = "releases/flamepool-boot/here/uid-0-1.tar";
  private static final String REPORT = "releases/flamepool-boot/here/uid-0-1.said";

  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final Ec2Server aws = new Ec2Server(cloud);
  private final MemoryCredentials credentials = Ec2Fixtures.credentials();
  private final List<Ec2RunnerBackend> opened = new ArrayList<>();
  private final MachineKey key = Ec2Fixtures.key(0);
  private Ec2RunnerBackend backend = open();

  /** What the boot Secrets hold, as it survives an operator. */
  private final Map<MachineKey, Map<String, byte[]>> secrets = new HashMap<>();

  Ec2RunnerBackendTest() throws IOException {}

  @AfterEach
  void close() {
    opened.forEach(Ec2RunnerBackend::close);
    aws.close();
  }

  private Ec2RunnerBackend open() {
    Ec2RunnerBackend made = Ec2Fixtures.backend(credentials, aws, clock, CrashPoints.never());
    opened.add(made);
    return made;
  }

  private BackendEntry entry(String... changes) {
    List<String> all = new ArrayList<>(List.of(changes));
    all.addAll(List.of("ec2ServiceEndpoint", "\"" + aws.url() + "\""));
    return Ec2Fixtures.entry(all.toArray(String[]::new));
  }

  private LaunchAttempt attempt(MachineKey of, BackendEntry entry, String offering)
      throws BackendException {
    if (!secrets.containsKey(of)) {
      Map<String, byte[]> boot = Ec2Fixtures.boot(of, Map.of("A", "b", "PASSWORD", "hunter-2"));
      boot.putAll(backend.prepare(of, entry, offering));
      secrets.put(of, boot);
    }
    return new LaunchAttempt(of, "t", offering, entry, Boot.of(secrets.get(of)));
  }

  private LaunchAttempt attempt(MachineKey of) throws BackendException {
    return attempt(of, entry(), "");
  }

  private MachineRef ref(MachineKey of) {
    return MachineRef.of(of, entry());
  }

  private interface Call {
    void run() throws BackendException;
  }

  private static Kind refused(Call call) {
    return catchThrowableOfType(BackendException.class, call::run).kind();
  }

  private void pass(Duration by) {
    clock.advance(by);
  }

  @Test
  void aRefusalOfWhatAnotherMayHaveAskedForIsNoProof() throws Exception {
    LaunchAttempt attempt = attempt(key);
    backend = open();
    aws.next("RunInstances", new Trouble(403, "UnauthorizedOperation", "no", false));
    assertThat(refused(() -> backend.launch(attempt))).isEqualTo(Kind.CREDENTIALS);
    assertThat(refused(() -> backend.find(ref(key)))).isEqualTo(Kind.AMBIGUOUS);
  }

  private void settle() {
    pass(Lookups.SETTLE.plusSeconds(2));
  }

  /** A status may be somebody's work: an instance is this runner's only if it says so itself. */
  @Test
  void anIdThatIsNotThisRunnersInstanceEndsNothing() throws Exception {
    Machine others = backend.launch(attempt(key));
    MachineRef claimed = new MachineRef(Ec2Fixtures.key(1), entry(), Optional.of(others.id()));
    settle();
    backend.stop(claimed, Duration.ofSeconds(1));
    backend.delete(claimed);
    assertThat(backend.find(claimed)).isEmpty();
    assertThat(aws.count("TerminateInstances")).isZero();
    assertThat(cloud.live()).as("the other's instance").hasSize(1);
  }

  // ---- launch

  @Test
  void anInstanceIsMadeAsItMustBe() throws Exception {
    Machine launched = backend.launch(attempt(key));
    assertThat(launched.state()).isEqualTo(State.RUNNING);
    assertThat(launched.address()).hasValue("10.0.0.7:7600");
    Map<String, String> sent = aws.living().get(0).parameters();
    assertThat(sent)
        .containsEntry("InstanceInitiatedShutdownBehavior", "terminate")
        .containsEntry("MetadataOptions.HttpTokens", "required")
        .containsEntry("BlockDeviceMapping.1.DeviceName", "/dev/xvda")
        .containsEntry("BlockDeviceMapping.1.Ebs.Encrypted", "true")
        .containsEntry("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "true")
        .containsEntry("NetworkInterface.1.SubnetId", "subnet-a")
        .containsEntry("NetworkInterface.1.SecurityGroupId.1", "sg-a")
        .containsEntry("InstanceType", "t3.nano")
        .containsEntry("ImageId", "ami-1")
        .containsEntry("MinCount", "1")
        .containsEntry("MaxCount", "1")
        .doesNotContainKeys("SubnetId", "SecurityGroupId.1", "LaunchTemplate.LaunchTemplateId");
    assertThat(sent.get("ClientToken")).hasSizeLessThanOrEqualTo(64);
    for (int i = 1; i <= 3; i++) {
      assertThat(sent.get("TagSpecification." + i + ".ResourceType"))
          .isEqualTo(List.of("instance", "volume", "network-interface").get(i - 1));
    }
    String script =
        new String(Base64.getDecoder().decode(sent.get("UserData")), StandardCharsets.UTF_8);
    assertThat(script.length()).isLessThan(UserData.MAX_BYTES);
    assertThat(script)
        .startsWith("#!/bin/sh")
        .contains("uid-0-1.tar?", "uid-0-1.said?", "content-length")
        .doesNotContain("key.pk8 of");
    assertThat(new String(aws.objects().get(BOOT), StandardCharsets.ISO_8859_1))
        .contains("A=\"b\"", "key.pk8 of uid-0", "thumbs-v7.tar.gz?");
    assertThat(aws.actions()).as("metadata is asked only for autoConfigure").doesNotContain("IMDS");
  }

  @Test
  void severalGroupsAndATemplateGoTogether() throws Exception {
    BackendEntry entry =
        entry(
            "securityGroupId",
            "null",
            "securityGroupIds",
            "[\"sg-a\", \"sg-b\"]",
            "imageId",
            "null",
            "launchTemplateId",
            "\"lt-1\"");
    backend.launch(attempt(key, entry, ""));
    assertThat(aws.living().get(0).parameters())
        .containsEntry("NetworkInterface.1.SecurityGroupId.1", "sg-a")
        .containsEntry("NetworkInterface.1.SecurityGroupId.2", "sg-b")
        .containsEntry("LaunchTemplate.LaunchTemplateId", "lt-1")
        .containsEntry("LaunchTemplate.Version", "3")
        .doesNotContainKey("ImageId");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>", "{}", "<RunInstancesResponse/>"})
  void aSuccessThatSaysNothingIsNone(String body) throws Exception {
    aws.next("RunInstances", Trouble.garbled(body));
    assertThat(refused(() -> backend.launch(attempt(key)))).isEqualTo(Kind.AMBIGUOUS);
    assertThat(aws.count("RunInstances")).isEqualTo(1);
    assertThat(backend.launch(attempt(key)).id()).isEqualTo(aws.idOf(key));
    assertThat(aws.living()).hasSize(1);
  }

  @Test
  void userDataThatEc2WouldRefuseIsNotSent() {
    assertThat(refused(() -> UserData.script("http://b/" + "x".repeat(UserData.MAX_BYTES), "", 90)))
        .isEqualTo(Kind.CONFIGURATION);
  }

  @Test
  void aLostAnswerMakesNoSecondInstanceAlsoAfterARestart() throws Exception {
    aws.next("RunInstances", new Trouble(503, "Unavailable", "lost", true));
    assertThat(refused(() -> backend.launch(attempt(key)))).isEqualTo(Kind.AMBIGUOUS);
    assertThat(aws.count("RunInstances")).as("never sent again by itself").isEqualTo(1);
    assertThat(aws.living()).hasSize(1);
    backend = open();
    pass(Duration.ofHours(2));
    backend.launch(attempt(key));
    assertThat(aws.living()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "500, InsufficientInstanceCapacity, CAPACITY",
    "400, VcpuLimitExceeded, QUOTA",
    "503, RequestLimitExceeded, RATE_LIMITED",
    "400, InvalidSubnetID.NotFound, CONFIGURATION",
    "403, UnauthorizedOperation, CREDENTIALS",
    "401, AuthFailure, CREDENTIALS"
  })
  void aRefusalIsDefiniteAndSentOnce(int status, String code, Kind kind) throws Exception {
    LaunchAttempt attempt = attempt(key);
    aws.next("RunInstances", new Trouble(status, code, "no", false));
    assertThat(refused(() -> backend.launch(attempt))).isEqualTo(kind);
    assertThat(aws.count("RunInstances")).isEqualTo(1);
    if (kind != Kind.RATE_LIMITED) {
      assertThat(backend.find(ref(key))).as("nothing was made, for sure").isEmpty();
    }
    assertThat(aws.objects().containsKey(BOOT))
        .as("the boot object stays only for an attempt that goes on")
        .isEqualTo(kind == Kind.RATE_LIMITED);
  }

  @Test
  void theQuotaOfSpotIsNotThatOfOnDemand() throws Exception {
    BackendEntry spot = entry("spot", "true");
    Trouble trouble = new Trouble(400, "MaxSpotInstanceCountExceeded", "no", false);
    LaunchAttempt first = attempt(key, spot, "subnet-a/t3.nano/spot");
    aws.next("RunInstances", trouble, new Trouble(400, "VcpuLimitExceeded", "no", false));
    assertThat(refused(() -> backend.launch(first)))
        .as("the next offering is tried")
        .isEqualTo(Kind.CAPACITY);
    LaunchAttempt second = attempt(Ec2Fixtures.key(1), spot, "subnet-a/t3.nano/on-demand");
    assertThat(refused(() -> backend.launch(second))).isEqualTo(Kind.QUOTA);
  }

  @Test
  void aNewInstanceProfileIsWaitedFor() throws Exception {
    LaunchAttempt attempt = attempt(key);
    Trouble trouble =
        new Trouble(400, "InvalidParameterValue", "Invalid IAM Instance Profile name", false);
    aws.next("RunInstances", trouble);
    assertThat(refused(() -> backend.launch(attempt))).isEqualTo(Kind.RATE_LIMITED);
    backend.launch(attempt);
    assertThat(aws.living()).hasSize(1);
  }

  @Test
  void theDeadAreNotBroughtBack() throws Exception {
    backend.launch(attempt(key));
    cloud.die(key.runnerUid(), 0, "");
    backend = open();
    Machine again = backend.launch(attempt(key));
    assertThat(again.state()).isEqualTo(State.ENDED);
    assertThat(again.id()).isEqualTo(aws.idOf(key));
    assertThat(aws.living()).isEmpty();
  }

  @Test
  void moreThanEc2TakesIsNotSent() throws Exception {
    int limited = 0;
    for (int i = 0; i < 8; i++) {
      LaunchAttempt attempt = attempt(Ec2Fixtures.key(i));
      try {
        backend.launch(attempt);
      } catch (BackendException e) {
        assertThat(e.kind()).isEqualTo(Kind.RATE_LIMITED);
        limited++;
      }
    }
    assertThat(limited).isEqualTo(3);
    assertThat(aws.count("RunInstances")).isEqualTo(5);
  }

  @Test
  void anAnswerWithoutEndIsGivenUpWithAWord() throws Exception {
    backend.launch(attempt(key));
    clock.advance(Duration.ofSeconds(2));
    Trouble huge = Trouble.garbled("<a>" + "x".repeat(17 << 20) + "</a>");
    aws.next("DescribeInstances", huge);
    assertThatThrownBy(() -> backend.find(attempt(key).ref()))
        .hasMessageContaining("more than 16777216 bytes");
    clock.advance(Duration.ofSeconds(10));
    Trouble page =
        Trouble.garbled(
            "<DescribeInstancesResponse><reservationSet/><nextToken>0</nextToken>"
                + "</DescribeInstancesResponse>");
    aws.next("DescribeInstances", Stream.generate(() -> page).limit(40).toArray(Trouble[]::new));
    assertThatThrownBy(() -> backend.find(attempt(key).ref()))
        .hasMessageContaining("more than 40 pages");
    clock.advance(Duration.ofSeconds(10));
    assertThat(backend.find(attempt(key).ref())).isPresent();
  }

  // ---- what it is made from

  @Test
  void whatMayMoveIsFixedWithTheAttempt() throws Exception {
    BackendEntry parameter = entry("imageId", "null", "imageIdParameter", "\"/aws/ami\"");
    backend.launch(attempt(key, parameter, ""));
    assertThat(aws.living().get(0).parameters()).containsEntry("ImageId", "ami-of-ssm");
    MachineKey other = Ec2Fixtures.key(1);
    BackendEntry template =
        entry("launchTemplateId", "\"lt-1\"", "launchTemplateVersion", "\"$Latest\"");
    backend.launch(attempt(other, template, "subnet-a/t3.nano/on-demand"));
    Map<String, String> sent =
        aws.living().stream()
            .map(Made::parameters)
            .filter(form -> form.containsKey("LaunchTemplate.LaunchTemplateId"))
            .findFirst()
            .orElseThrow();
    assertThat(sent).containsEntry("LaunchTemplate.Version", "7").doesNotContainKey("ImageId");
  }

  @Test
  void theOperatorsInstanceFillsInWhatIsNotGiven() throws Exception {
    aws.metadata()
        .putAll(
            Map.of(
                "placement/region", "eu-west-3",
                "ami-id", "ami-own",
                "instance-type", "m7i.large",
                "mac", "02:00",
                "network/interfaces/macs/02:00/subnet-id", "subnet-own",
                "network/interfaces/macs/02:00/security-group-ids", "sg-1\nsg-2\n",
                "iam/info", "{\"InstanceProfileArn\": \"arn:aws:iam::1:instance-profile/own\"}"));
    BackendEntry auto =
        entry(
            "autoConfigure",
            "true",
            "region",
            "null",
            "imageId",
            "\"ami-mine\"",
            "subnetId",
            "null",
            "securityGroupId",
            "null",
            "instanceMetadataUrl",
            "\"" + aws.url() + "/latest/meta-data/\"",
            "instanceMetadataTokenUrl",
            "\"" + aws.url() + "/latest/api/token\"");
    MachineKey trusted = new MachineKey("here", "trusted", "thumbs", "thumbs-0", "uid-trusted", 1);
    backend.launch(attempt(trusted, auto, "own/own/on-demand"));
    assertThat(aws.living().get(0).parameters())
        .containsEntry("ImageId", "ami-mine")
        .containsEntry("InstanceType", "m7i.large")
        .containsEntry("NetworkInterface.1.SubnetId", "subnet-own")
        .containsEntry("NetworkInterface.1.SecurityGroupId.1", "sg-1")
        .containsEntry("NetworkInterface.1.SecurityGroupId.2", "sg-2")
        .containsEntry("IamInstanceProfile.Arn", "arn:aws:iam::1:instance-profile/own");
    assertThat(refused(() -> backend.prepare(key, auto, ""))).isEqualTo(Kind.CONFIGURATION);
  }

  @Test
  void theOperatorsCredentialsAreNotForEverybody() {
    BackendEntry without = entry("credentialsSecretRef", "null");
    BackendException refused =
        catchThrowableOfType(BackendException.class, () -> backend.prepare(key, without, ""));
    assertThat(refused.kind()).isEqualTo(Kind.CREDENTIALS);
    assertThat(refused).hasMessageContaining("--ambient-namespaces ns");
    assertThat(aws.actions()).isEmpty();
  }

  @Test
  void wordsOfAForeignEndpointAreNotPassedOn() throws Exception {
    LaunchAttempt attempt = attempt(key);
    aws.next("RunInstances", new Trouble(400, "InvalidParameterValue", "inside-words", false));
    BackendException refused =
        catchThrowableOfType(BackendException.class, () -> backend.launch(attempt));
    assertThat(refused.getMessage()).doesNotContain("inside-words");
  }

  // ---- find

  @Test
  void whatIsNotVisibleYetIsUnknown() throws Exception {
    cloud.visibleAfter(Duration.ofSeconds(60));
    backend.launch(attempt(key));
    for (int i = 0; i < 11; i++) {
      pass(Duration.ofSeconds(5));
      assertThat(refused(() -> backend.find(ref(key)))).isEqualTo(Kind.AMBIGUOUS);
    }
    pass(Duration.ofSeconds(5));
    assertThat(backend.find(ref(key)).map(Machine::state)).hasValue(State.RUNNING);
    assertThat(backend.find(ref(key)).flatMap(Machine::address)).hasValue("10.0.0.7:7600");
  }

  @Test
  void aNewOperatorKnowsNothingForAWhile() throws Exception {
    cloud.visibleAfter(Duration.ofSeconds(60));
    backend.launch(attempt(key));
    backend = open();
    assertThat(refused(() -> backend.find(ref(key)))).isEqualTo(Kind.AMBIGUOUS);
    pass(Duration.ofSeconds(61));
    assertThat(backend.find(ref(key)).map(Machine::state)).hasValue(State.RUNNING);
    MachineKey never = Ec2Fixtures.key(7);
    assertThat(refused(() -> backend.find(ref(never)))).isEqualTo(Kind.AMBIGUOUS);
    settle();
    assertThat(backend.find(ref(never))).isEmpty();
  }

  @Test
  void allPagesAreReadAndOneListServesAll() throws Exception {
    for (int i = 0; i < 5; i++) {
      backend.launch(attempt(Ec2Fixtures.key(i)));
    }
    aws.pageSize(2);
    settle();
    long before = aws.count("DescribeInstances");
    for (int i = 0; i < 5; i++) {
      assertThat(backend.find(ref(Ec2Fixtures.key(i)))).isPresent();
    }
    assertThat(aws.count("DescribeInstances") - before).isEqualTo(3);
    assertThat(backend.list("here", Places.INLINE)).hasSize(5);
    assertThat(backend.list("elsewhere", Places.INLINE)).isEmpty();
  }

  @Test
  void anInstanceThatFailedSaysWhy() throws Exception {
    backend.launch(attempt(key));
    cloud.die(key.runnerUid(), 0, "Server.SpotInstanceTermination");
    pass(Duration.ofSeconds(2));
    Machine found = backend.find(ref(key)).orElseThrow();
    assertThat(found.state()).isEqualTo(State.ENDED);
    assertThat(found.cause()).isEqualTo("SpotInterrupted");
    assertThat(found.lastLines()).hasSize(1);
  }

  @Test
  void thePublicAddressIsTakenWhereItIsAskedFor() throws Exception {
    BackendEntry open = entry("reach", "\"public\"");
    assertThat(backend.launch(attempt(key, open, "")).address()).hasValue("198.51.100.7:7600");
    assertThat(aws.living().get(0).parameters())
        .containsEntry("NetworkInterface.1.AssociatePublicIpAddress", "true");
  }

  // ---- the end

  @Test
  void aDeleteLeavesNothing() throws Exception {
    backend.launch(attempt(key));
    backend.delete(ref(key));
    assertThat(aws.living()).isEmpty();
    assertThat(aws.objects()).doesNotContainKey(BOOT);
    pass(Duration.ofSeconds(2));
    assertThat(backend.find(ref(key))).as("seen terminated").isEmpty();
    backend.delete(ref(key));
    assertThat(aws.count("TerminateInstances")).isEqualTo(1);
  }

  @Test
  void aDeleteWaitsForWhatIsNotVisibleYet() throws Exception {
    cloud.visibleAfter(Duration.ofSeconds(60));
    backend.launch(attempt(key));
    for (int i = 0; i < 8; i++) {
      backend.delete(ref(key));
      pass(Duration.ofSeconds(11));
    }
    assertThat(aws.living()).isEmpty();
    assertThat(backend.find(ref(key))).isEmpty();
  }

  @Test
  void oneUnknownIdDoesNotKeepOthersAlive() throws Exception {
    for (int i = 0; i < 4; i++) {
      backend.launch(attempt(Ec2Fixtures.key(i)));
    }
    List<MachineRef> refs = new ArrayList<>();
    refs.add(new MachineRef(Ec2Fixtures.key(9), entry(), Optional.of("i-0dead")));
    for (int i = 0; i < 4; i++) {
      refs.add(ref(Ec2Fixtures.key(i)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(refs.size());
    try {
      List<Future<?>> deletes = new ArrayList<>();
      for (MachineRef one : refs) {
        deletes.add(
            threads.submit(
                () -> {
                  backend.delete(one);
                  return null;
                }));
      }
      for (Future<?> delete : deletes) {
        delete.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(aws.living()).isEmpty();
  }

  @Test
  void theBootObjectGoesWhenTheRunnerIsReady() throws Exception {
    backend.launch(attempt(key));
    assertThat(aws.objects()).containsKey(BOOT);
    backend.booted(ref(key));
    assertThat(aws.objects()).doesNotContainKey(BOOT);
  }

  @Test
  void theConsoleSaysWhyABootFailed() throws Exception {
    backend.launch(attempt(key));
    aws.console(
        """
        \33[32mboot\33[0m
        [   12.3] cloud-init[412]: flamepool: failed: could not fetch the bundle
        the password is hunter-2
        GET https://b/o?X-Amz-Signature=0123abc&x=y
        """);
    String why = "could not fetch the bundle";
    assertThat(backend.output(ref(key)))
        .isEqualTo(
            new MachineOutput(
                List.of(
                    "boot",
                    "[   12.3] cloud-init[412]: flamepool: failed: could not fetch the bundle",
                    "the password is ***",
                    "GET https://b/o?X-Amz-Signature=***&x=y"),
                why));
    backend = open();
    MachineRef known = new MachineRef(key, entry(), Optional.of(aws.idOf(key)));
    assertThat(backend.output(known))
        .as("without knowing the secrets")
        .isEqualTo(
            new MachineOutput(
                List.of("[   12.3] cloud-init[412]: flamepool: failed: could not fetch the bundle"),
                why));
  }

  @Test
  void whatAnInstanceLeftInS3NeedsNoConsoleAndGoesWithIt() throws Exception {
    backend.launch(attempt(key));
    byte[] report =
        Arrays.copyOf(
            "curl: (22) hunter-2\nflamepool: failed: could not do it\n"
                .getBytes(StandardCharsets.UTF_8),
            Reports.BYTES);
    aws.objects().put(REPORT, report);
    assertThat(backend.output(ref(key)))
        .isEqualTo(
            new MachineOutput(
                List.of("curl: (22) ***", "flamepool: failed: could not do it"),
                "could not do it"));
    assertThat(aws.actions()).doesNotContain("GetConsoleOutput");
    cloud.die(key.runnerUid(), 0, "");
    backend.delete(ref(key));
    pass(Duration.ofSeconds(2));
    assertThat(backend.find(ref(key))).isEmpty();
    assertThat(aws.objects()).isEmpty();
  }

  @Test
  void aConsoleThatComesLateIsReadWhenTheNextBootFails() throws Exception {
    MachineKey next = Ec2Fixtures.key(1);
    backend.launch(attempt(key));
    backend.launch(attempt(next));
    assertThat(backend.output(ref(key)).why())
        .isEqualTo(
            "nothing so far; in some minutes try aws ec2 get-console-output --instance-id "
                + aws.idOf(key));
    assertThat(backend.output(ref(key)).why()).as("itself it does not explain").contains("minutes");
    aws.console(aws.idOf(key), "flamepool: failed: could not fetch the boot object: curl: (28)\n");
    assertThat(backend.output(ref(next)).why())
        .isEqualTo(
            "nothing so far; thumbs-0 before it: could not fetch the boot object: curl: (28)");
    assertThat(aws.count("GetConsoleOutput")).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"400, IncorrectInstanceState", "400, UnsupportedOperation"})
  void whereTheNewestConsoleCannotBeHadTheLastPostedIs(int status, String code) throws Exception {
    backend.launch(attempt(key));
    aws.console("flamepool: failed: could not do it\n");
    aws.next("GetConsoleOutput", new Trouble(status, code, "no", false));
    assertThat(backend.output(ref(key)).why()).isEqualTo("could not do it");
  }

  @Test
  void anAccountIsForgottenOnceItIsSurelyEmpty() throws Exception {
    backend.launch(attempt(key));
    pass(Duration.ofMinutes(1));
    backend.retain(Set.of());
    pass(Duration.ofMinutes(11));
    backend.list("here", Places.INLINE);
    backend.retain(Set.of());
    assertThat(credentials.copies).as("it has an instance").hasSize(1);
    backend.delete(ref(key));
    pass(Duration.ofMinutes(11));
    backend.list("here", Places.INLINE);
    backend.retain(Set.of());
    assertThat(credentials.copies).isEmpty();
  }

  @Test
  void aFolderIsFetchedFileByFile() throws Exception {
    for (String file : List.of("app/bin/thumbs", "app/lib/a.jar", "apple/not")) {
      aws.objects().put("releases/" + file, new byte[] {1});
    }
    backend.launch(attempt(key, entry("s3BundleUrl", "\"s3://releases/app\""), ""));
    String object = new String(aws.objects().get(BOOT), StandardCharsets.ISO_8859_1);
    Set<String> outputs = new TreeSet<>();
    object
        .lines()
        .filter(line -> line.startsWith("output = "))
        .forEach(line -> outputs.add(line.substring(9)));
    assertThat(outputs).containsExactly("\"bin/thumbs\"", "\"lib/a.jar\"");
    assertThat(
            refused(
                () ->
                    backend.launch(
                        attempt(
                            Ec2Fixtures.key(1),
                            entry("s3BundleUrl", "\"s3://releases/empty\""),
                            ""))))
        .isEqualTo(Kind.CONFIGURATION);
  }

  // ---- others

  @Test
  void whoNamesSomebodysAccessKeyTakesNoneOfTheirTurns() throws Exception {
    credentials.secret =
        Map.of(
            Sessions.ACCESS_KEY,
            Ec2Fixtures.keys().get(Sessions.ACCESS_KEY),
            Sessions.SECRET_KEY,
            "junk");
    for (int n = 0; n < 5; n++) {
      aws.next("RunInstances", new Trouble(401, "AuthFailure", "no", false));
      MachineKey junk = new MachineKey("here", "junk", "thumbs", "junk-" + n, "junk-" + n, 1);
      LaunchAttempt attempt = attempt(junk);
      refused(() -> backend.launch(attempt));
    }
    credentials.secret = Ec2Fixtures.keys();
    for (int n = 0; n < 5; n++) {
      LaunchAttempt attempt = attempt(Ec2Fixtures.key(n));
      assertThat(backend.launch(attempt).key()).as("a whole burst").isEqualTo(attempt.key());
    }
  }
}
