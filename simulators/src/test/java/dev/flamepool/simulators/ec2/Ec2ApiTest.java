package dev.flamepool.simulators.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.simulators.ec2.Ec2Options.LaunchTemplate;
import dev.flamepool.simulators.ec2.Ec2Options.Subnet;
import dev.flamepool.simulators.fly.ManualClock;
import dev.flamepool.simulators.machine.Exit;
import dev.flamepool.simulators.machine.ScriptedMachines;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/** EC2 as the SDK meets it, with instances without processes. */
@SuppressWarnings("unchecked") // the SDK takes its builders as varargs
@Timeout(60)
class Ec2ApiTest {
  private final ManualClock clock = new ManualClock();
  private final ScriptedMachines machines = new ScriptedMachines(clock);
  private Ec2Simulator simulator;
  private Aws aws;

  @BeforeEach
  void start() throws Exception {
    start(options());
  }

  private Ec2Options options() {
    return new Ec2Options()
        .clock(clock)
        .runtime(machines)
        .rateLimits(false)
        .pendingTime(Duration.ofSeconds(5))
        .subnet("subnet-a", "eu-central-1a")
        .subnet(new Subnet("subnet-b", "eu-central-1b", "vpc-0a", true, 2))
        .image("ami-0a", "x86_64")
        .image("ami-0b", "arm64")
        .securityGroup("sg-1")
        .securityGroup("sg-2")
        .keyPair("ops")
        .instanceProfile("runner")
        .parameter("/ami/latest", "ami-0a")
        .notOffered("p5.48xlarge", "eu-central-1a")
        .launchTemplate(
            new LaunchTemplate(
                "lt-0a",
                "runner",
                List.of(
                    Map.of("ImageId", "ami-0a", "InstanceType", "c5.large", "KeyName", "ops"),
                    Map.of("ImageId", "ami-0b", "InstanceType", "c7g.large"))));
  }

  private void start(Ec2Options options) throws Exception {
    close();
    simulator = Ec2Simulator.start(options);
    aws = new Aws(simulator.uri());
  }

  @AfterEach
  void close() {
    if (simulator != null) {
      aws.close();
      simulator.close();
    }
  }

  private void pass(Duration time) {
    clock.advance(time);
    simulator.settle();
  }

  private static void refused(String code, Runnable call) {
    Aws.refused(400, code, call::run);
  }

  @Test
  void anInstanceLivesFromPendingToTerminated() {
    Instance launched =
        aws.run(Aws.one("t1").keyName("ops").iamInstanceProfile(p -> p.name("runner")));
    String id = launched.instanceId();
    assertThat(id).matches("i-[0-9a-f]{17}");
    assertThat(launched.state().name()).isEqualTo(InstanceStateName.PENDING);
    assertThat(launched.privateIpAddress()).startsWith("127.");
    assertThat(launched.publicIpAddress()).isNull();
    assertThat(launched.placement().availabilityZone()).isEqualTo("eu-central-1a");
    assertThat(launched.iamInstanceProfile().arn()).endsWith(":instance-profile/runner");
    assertThat(launched.clientToken()).isEqualTo("t1");
    assertThat(launched.securityGroups().stream().map(g -> g.groupId()))
        .containsExactly("sg-1", "sg-2");
    assertThat(launched.networkInterfaces().get(0).privateIpAddress())
        .isEqualTo(launched.privateIpAddress());
    assertThat(machines.running()).isEmpty();

    pass(Duration.ofSeconds(5));
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.RUNNING);
    assertThat(machines.launch(id).orElseThrow().address()).isEqualTo(launched.privateIpAddress());

    machines.stopTime(Duration.ofSeconds(3));
    var change = aws.ec2.terminateInstances(t -> t.instanceIds(id)).terminatingInstances().get(0);
    assertThat(change.previousState().name()).isEqualTo(InstanceStateName.RUNNING);
    assertThat(change.currentState().name()).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    pass(Duration.ofSeconds(3));
    Instance gone = aws.describe(id);
    assertThat(gone.state().name()).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(gone.stateReason().code()).isEqualTo("Client.UserInitiatedShutdown");
    assertThat(gone.privateIpAddress()).isNull();
    aws.terminate(id);
    pass(Duration.ofMinutes(61));
    refused("InvalidInstanceID.NotFound", () -> aws.describe(id));
  }

  @Test
  void theEndOfItsProcessEndsItAsItsShutdownBehaviorSays() {
    String terminated = aws.run("t1").instanceId();
    String stopped = aws.run(Aws.one("t2").instanceInitiatedShutdownBehavior("stop")).instanceId();
    pass(Duration.ofSeconds(5));
    machines.exit(terminated, Exit.of(0));
    machines.exit(stopped, Exit.of(0));
    assertThat(aws.state(terminated)).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(aws.describe(terminated).stateReason().code())
        .isEqualTo("Client.InstanceInitiatedShutdown");
    assertThat(aws.state(stopped)).isEqualTo(InstanceStateName.STOPPED);
    aws.terminate(stopped);
    assertThat(aws.state(stopped)).isEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void aDeafInstanceIsKilledAtTheLimit() {
    machines.stopTime(null);
    String id = aws.run("t1").instanceId();
    pass(Duration.ofSeconds(5));
    aws.terminate(id);
    pass(Duration.ofSeconds(59));
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    pass(Duration.ofSeconds(1));
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(machines.running()).isEmpty();
  }

  @Test
  void stopInstancesStopsAndKeeps() {
    String id = aws.run("t1").instanceId();
    refused("IncorrectInstanceState", () -> aws.ec2.stopInstances(s -> s.instanceIds(id)));
    pass(Duration.ofSeconds(5));
    aws.ec2.stopInstances(s -> s.instanceIds(id));
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.STOPPED);
    assertThat(machines.running()).isEmpty();
  }

  @Test
  void aClientTokenIsOneInstanceForTheSameRequestOnly() {
    String id = aws.run("t1").instanceId();
    pass(Duration.ofSeconds(5));
    Instance again = aws.run("t1");
    assertThat(again.instanceId()).isEqualTo(id);
    assertThat(again.state().name()).isEqualTo(InstanceStateName.RUNNING);
    assertThat(aws.run("t2").instanceId()).isNotEqualTo(id);
    assertThat(aws.find("client-token", "t1")).containsExactly(id);

    refused(
        "IdempotentParameterMismatch",
        () -> aws.run(Aws.one("t1").userData(Aws.base64("#!/bin/sh"))));
    refused("IdempotentParameterMismatch", () -> aws.run(Aws.one("t1").instanceType("t3.micro")));
    aws.terminate(id);
    refused("IdempotentInstanceTerminated", () -> aws.run("t1"));
    pass(Duration.ofHours(2));
    refused("IdempotentInstanceTerminated", () -> aws.run("t1"));
    pass(Duration.ofHours(24));
    assertThat(aws.run("t1").instanceId()).isNotEqualTo(id);
    refused("InvalidParameterValue", () -> aws.run("x".repeat(65)));
  }

  @Test
  void aRefusedLaunchLeavesItsTokenFree() {
    simulator.faults().capacity("t3.nano", "*", 0);
    Aws.refused(500, "InsufficientInstanceCapacity", () -> aws.run("t1"));
    simulator.faults().clear();
    assertThat(aws.run(Aws.one("t1").keyName("ops")).instanceId()).isNotEmpty();
  }

  @Test
  void aLostResponseIsAnInstanceThatItsTokenFinds() {
    simulator.faults().next("RunInstances", new Effect.LoseResponse());
    assertThatThrownBy(() -> aws.run("t1")).isInstanceOf(SdkClientException.class);
    assertThat(aws.find("client-token", "t1")).hasSize(1);
    assertThat(aws.find("client-token", "t1")).containsExactly(aws.run("t1").instanceId());

    simulator.faults().next("RunInstances", new Effect.LoseRequest());
    assertThatThrownBy(() -> aws.run("t2")).isInstanceOf(SdkClientException.class);
    assertThat(aws.find("client-token", "t2")).isEmpty();

    simulator.faults().next("TerminateInstances", new Effect.LoseResponse());
    String id = aws.run("t1").instanceId();
    assertThatThrownBy(() -> aws.terminate(id)).isInstanceOf(SdkClientException.class);
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(simulator.requests().stream().map(Served::status)).contains(0);
  }

  @Test
  void aNewInstanceIsNotKnownAtOnce() throws Exception {
    start(options().visibleAfter(Duration.ofSeconds(60)));
    String id = aws.run("t1").instanceId();
    refused("InvalidInstanceID.NotFound", () -> aws.describe(id));
    refused("InvalidInstanceID.NotFound", () -> aws.terminate(id));
    assertThat(aws.find("tag:pool", "thumbs")).isEmpty();
    assertThat(aws.find("client-token", "t1")).isEmpty();
    assertThat(aws.run("t1").instanceId()).isEqualTo(id);
    pass(Duration.ofSeconds(60));
    assertThat(machines.running()).containsExactly(id);
    assertThat(aws.find("tag:pool", "thumbs")).containsExactly(id);
    aws.terminate(id);
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void aLaunchMayFailLater() {
    simulator
        .faults()
        .next("RunInstances", new Effect.LaunchFails("Server.InsufficientInstanceCapacity"));
    Instance launched = aws.run("t1");
    assertThat(launched.state().name()).isEqualTo(InstanceStateName.PENDING);
    pass(Duration.ofSeconds(5));
    Instance failed = aws.describe(launched.instanceId());
    assertThat(failed.state().name()).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(failed.stateReason().code()).isEqualTo("Server.InsufficientInstanceCapacity");
    refused("IdempotentInstanceTerminated", () -> aws.run("t1"));

    machines.refuse(1);
    String noHost = aws.run("t2").instanceId();
    pass(Duration.ofSeconds(5));
    assertThat(aws.describe(noHost).stateReason().code()).isEqualTo("Server.InternalError");

    simulator.faults().next("RunInstances", new Effect.StuckPending());
    String stuck = aws.run("t3").instanceId();
    pass(Duration.ofMinutes(10));
    assertThat(aws.state(stuck)).isEqualTo(InstanceStateName.PENDING);
    simulator.faults().release(stuck);
    assertThat(aws.state(stuck)).isEqualTo(InstanceStateName.RUNNING);
    simulator.faults().next("TerminateInstances", new Effect.StuckShuttingDown());
    aws.terminate(stuck);
    pass(Duration.ofMinutes(10));
    assertThat(aws.state(stuck)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    simulator.faults().release(stuck);
    assertThat(aws.state(stuck)).isEqualTo(InstanceStateName.TERMINATED);
  }

  @Test
  void capacityIsOfATypeAndAZone() {
    simulator.faults().capacity("t3.nano", "eu-central-1a", 1);
    String first = aws.run("t1").instanceId();
    Aws.refused(500, "InsufficientInstanceCapacity", () -> aws.run("t2"));
    aws.run(Aws.one("t2").instanceType("t3.micro"));
    aws.run(Aws.one("t3").networkInterfaces(n -> n.deviceIndex(0).subnetId("subnet-b")));
    aws.terminate(first);
    assertThat(aws.run("t4").instanceId()).isNotEmpty();
    refused("Unsupported", () -> aws.run(Aws.one("t5").instanceType("p5.48xlarge")));
  }

  @Test
  void quotasCountVcpusOfEachMarket() {
    simulator.faults().vcpuQuota(4).spotQuota(2);
    aws.run("t1");
    String second = aws.run("t2").instanceId();
    refused("VcpuLimitExceeded", () -> aws.run("t3"));
    assertThat(aws.run(spot("s1")).instanceLifecycleAsString()).isEqualTo("spot");
    refused("MaxSpotInstanceCountExceeded", () -> aws.run(spot("s2")));
    aws.terminate(second);
    aws.run("t3");
  }

  private static RunInstancesRequest.Builder spot(String token) {
    return Aws.one(token)
        .instanceMarketOptions(
            m ->
                m.marketType("spot")
                    .spotOptions(
                        s ->
                            s.spotInstanceType("one-time")
                                .instanceInterruptionBehavior("terminate")));
  }

  @Test
  void aSpotInstanceIsTakenBackAfterItsNotice() {
    String id = aws.run(spot("s1")).instanceId();
    pass(Duration.ofSeconds(5));
    simulator.faults().interrupt(id, Duration.ofMinutes(2));
    pass(Duration.ofSeconds(119));
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.RUNNING);
    pass(Duration.ofSeconds(1));
    assertThat(aws.describe(id).stateReason().code()).isEqualTo("Server.SpotInstanceTermination");
    assertThat(aws.state(id)).isEqualTo(InstanceStateName.TERMINATED);
    String other = aws.run(spot("s2")).instanceId();
    pass(Duration.ofSeconds(5));
    refused("UnsupportedOperation", () -> aws.ec2.stopInstances(s -> s.instanceIds(other)));
  }

  @Test
  void aSubnetHasOnlySoManyAddresses() {
    RunInstancesRequest.Builder inB =
        Aws.one("b1").networkInterfaces(n -> n.deviceIndex(0).subnetId("subnet-b"));
    assertThat(aws.run(inB).publicIpAddress()).isNotNull();
    aws.run(inB.clientToken("b2"));
    refused("InsufficientFreeAddressesInSubnet", () -> aws.run(inB.clientToken("b3")));
  }

  @Test
  void requestsBeyondTheLimitsAreThrottled() throws Exception {
    start(options().rateLimits(true));
    for (int i = 0; i < 5; i++) {
      aws.run("t" + i);
    }
    assertThatThrownBy(() -> aws.run("t5"))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(503);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("RequestLimitExceeded");
              assertThat(e.isThrottlingException()).isTrue();
            });
    pass(Duration.ofMillis(500));
    aws.run("t5");
    Aws.refused(503, "RequestLimitExceeded", () -> aws.run("t6"));
    for (int i = 0; i < 50; i++) {
      aws.ec2.describeInstances();
    }
    Aws.refused(503, "RequestLimitExceeded", () -> aws.ec2.describeInstances());
    assertThat(aws.find("tag:pool", "thumbs")).hasSize(6);
  }

  @Test
  void faultsMeetTheNextCallsOfAnOperation() {
    simulator.faults().next("RunInstances", 2, new Effect.Refuse("InternalError"));
    simulator.faults().after("*", 2, 1, new Effect.Refuse("Unavailable"));
    Aws.refused(500, "InternalError", () -> aws.run("t1"));
    Aws.refused(500, "InternalError", () -> aws.run("t1"));
    Aws.refused(503, "Unavailable", () -> aws.run("t1"));
    Aws.refused(
        403,
        "UnauthorizedOperation",
        () -> {
          simulator.faults().next("RunInstances", new Effect.Refuse("UnauthorizedOperation"));
          aws.run("t1");
        });
    assertThat(simulator.faults().pending()).isZero();
    String id = aws.run("t1").instanceId();
    assertThat(aws.find("tag:pool", "thumbs")).containsExactly(id);
    assertThat(simulator.requests().stream().map(Served::code).filter(c -> !c.isEmpty()))
        .containsExactly("InternalError", "InternalError", "Unavailable", "UnauthorizedOperation");
  }

  @Test
  void describeComesInPages() throws Exception {
    start(options());
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(
          aws.run(Aws.one("t" + i).instanceType(i % 2 == 0 ? "t3.nano" : "t3.micro")).instanceId());
    }
    List<Integer> pages = new ArrayList<>();
    List<String> found = new ArrayList<>();
    aws.ec2
        .describeInstancesPaginator(
            d -> d.maxResults(5).filters(f -> f.name("tag:pool").values("thumbs")))
        .forEach(
            page -> {
              List<String> ids =
                  page.reservations().stream()
                      .flatMap(r -> r.instances().stream())
                      .map(Instance::instanceId)
                      .collect(Collectors.toList());
              pages.add(ids.size());
              found.addAll(ids);
            });
    assertThat(pages).containsExactly(5, 5, 2);
    assertThat(found).isEqualTo(all);
    assertThat(aws.find("instance-type", "t3.n*")).hasSize(6);
    assertThat(aws.find("instance-state-name", "pending", "running")).hasSize(12);
    assertThat(aws.find("tag:pool", "other")).isEmpty();
    refused("InvalidParameterValue", () -> aws.find("no-such-filter", "x"));
    refused("InvalidParameterValue", () -> aws.ec2.describeInstances(d -> d.maxResults(4)));
    refused(
        "InvalidParameterCombination",
        () -> aws.ec2.describeInstances(d -> d.maxResults(5).instanceIds(all.get(0))));
  }

  @Test
  void aBatchWithAnUnknownInstanceDoesNothing() {
    String one = aws.run("t1").instanceId();
    String two = aws.run("t2").instanceId();
    String guarded = aws.run(Aws.one("t3").disableApiTermination(true)).instanceId();
    pass(Duration.ofSeconds(5));
    String unknown = "i-00000000000000000";
    refused("InvalidInstanceID.NotFound", () -> aws.terminate(one, unknown));
    refused("InvalidInstanceID.Malformed", () -> aws.terminate(one, "abc"));
    refused("OperationNotPermitted", () -> aws.terminate(one, guarded));
    refused(
        "InvalidInstanceID.NotFound",
        () -> aws.ec2.describeInstances(d -> d.instanceIds(one, unknown)));
    assertThat(machines.running()).containsExactlyInAnyOrder(one, two, guarded);
    aws.terminate(one, two);
    assertThat(machines.running()).containsExactly(guarded);
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    start(options());
    refused("InvalidAMIID.NotFound", () -> aws.run(Aws.one("x").imageId("ami-0ff")));
    refused("InvalidAMIID.Malformed", () -> aws.run(Aws.one("x").imageId("image")));
    refused("InvalidSubnetID.NotFound", () -> aws.run(network("subnet-x", "sg-1")));
    refused("InvalidGroup.NotFound", () -> aws.run(network("subnet-a", "sg-x")));
    refused("InvalidKeyPair.NotFound", () -> aws.run(Aws.one("x").keyName("nobody")));
    refused(
        "InvalidParameterValue",
        () -> aws.run(Aws.one("x").iamInstanceProfile(p -> p.name("nobody"))));
    refused("InvalidParameterValue", () -> aws.run(Aws.one("x").instanceType("huge")));
    refused("InvalidParameterValue", () -> aws.run(Aws.one("x").instanceType("t4g.nano")));
    refused("InvalidParameterCombination", () -> aws.run(Aws.one("x").subnetId("subnet-a")));
    refused(
        "InvalidUserData.Malformed",
        () -> aws.run(Aws.one("x").userData(Aws.base64("x".repeat(16_385)))));
    refused("InvalidUserData.Malformed", () -> aws.run(Aws.one("x").userData("no base64!")));
    refused("MissingParameter", () -> aws.run(Aws.one("x").imageId(null)));
    Aws.refused(412, "DryRunOperation", () -> aws.run(Aws.one("x").dryRun(true)));
    assertThat(aws.run(Aws.one("y").imageId("resolve:ssm:/ami/latest")).imageId())
        .isEqualTo("ami-0a");
    assertThat(aws.run(Aws.one("z").userData(Aws.base64("x".repeat(16_384)))).instanceId())
        .isNotEmpty();
  }

  private static RunInstancesRequest.Builder network(String subnet, String group) {
    return Aws.one("x").networkInterfaces(n -> n.deviceIndex(0).subnetId(subnet).groups(group));
  }

  @Test
  void aLaunchTemplateGivesWhatTheRequestDoesNot() {
    RunInstancesRequest.Builder request = Aws.one("t1").imageId(null).instanceType((String) null);
    request.launchTemplate(l -> l.launchTemplateId("lt-0a"));
    Instance byDefault = aws.run(request);
    assertThat(byDefault.instanceTypeAsString()).isEqualTo("c5.large");
    assertThat(byDefault.keyName()).isEqualTo("ops");
    request
        .clientToken("t2")
        .launchTemplate(l -> l.launchTemplateName("runner").version("$Latest"));
    assertThat(aws.run(request).architectureAsString()).isEqualTo("arm64");
    refused(
        "InvalidLaunchTemplateId.NotFound",
        () -> aws.run(request.clientToken("t3").launchTemplate(l -> l.launchTemplateId("lt-0b"))));
    List<LaunchTemplateVersion> versions =
        aws.ec2
            .describeLaunchTemplateVersions(d -> d.launchTemplateId("lt-0a").versions("$Default"))
            .launchTemplateVersions();
    assertThat(versions).hasSize(1);
    assertThat(versions.get(0).versionNumber()).isEqualTo(1);
    assertThat(versions.get(0).launchTemplateData().imageId()).isEqualTo("ami-0a");
    var template =
        aws.ec2.describeLaunchTemplates(d -> d.launchTemplateIds("lt-0a")).launchTemplates().get(0);
    assertThat(template.defaultVersionNumber()).isEqualTo(1);
    assertThat(template.latestVersionNumber()).isEqualTo(2);
  }

  @Test
  void groupsOfATemplateAndAnInterfaceOfTheRequestExcludeEachOther() throws Exception {
    start(
        options()
            .launchTemplate(
                template("lt-0c", Map.of("ImageId", "ami-0a", "SecurityGroupId.1", "sg-1")))
            .launchTemplate(
                template("lt-0d", Map.of("ImageId", "ami-0a", "SecurityGroup.1", "default"))));
    RunInstancesRequest.Builder request = Aws.one("t1").imageId(null);
    refused(
        "InvalidParameterCombination",
        () -> aws.run(request.launchTemplate(l -> l.launchTemplateId("lt-0c"))));
    refused(
        "InvalidParameterCombination",
        () -> aws.run(request.launchTemplate(l -> l.launchTemplateId("lt-0d"))));
    request.networkInterfaces(List.of()).subnetId("subnet-a").securityGroupIds("sg-2");
    Instance launched = aws.run(request.launchTemplate(l -> l.launchTemplateId("lt-0c")));
    assertThat(launched.securityGroups().get(0).groupId()).isEqualTo("sg-2");
  }

  private static LaunchTemplate template(String id, Map<String, String> parameters) {
    return new LaunchTemplate(id, id, List.of(parameters));
  }

  @Test
  void aVolumeStaysUnlessItIsToGo() throws Exception {
    start(
        options()
            .image(
                new Ec2Options.Image(
                    "ami-0c",
                    "x86_64",
                    List.of(
                        new Ec2Options.Device("/dev/xvda", true),
                        new Ec2Options.Device("/dev/sdf", false)))));
    Instance stays = aws.run(Aws.one("t1").imageId("ami-0c"));
    assertThat(stays.blockDeviceMappings().stream().map(b -> b.ebs().deleteOnTermination()))
        .containsExactly(true, false);
    aws.terminate(stays.instanceId());
    simulator.settle();
    assertThat(simulator.leftVolumes())
        .containsExactly(stays.blockDeviceMappings().get(1).ebs().volumeId());
    Instance goes =
        aws.run(
            Aws.one("t2")
                .imageId("ami-0c")
                .blockDeviceMappings(
                    b -> b.deviceName("/dev/sdf").ebs(e -> e.deleteOnTermination(true))));
    aws.terminate(goes.instanceId());
    simulator.settle();
    assertThat(simulator.leftVolumes()).hasSize(1);
    refused(
        "MissingParameter",
        () ->
            aws.run(
                Aws.one("t3")
                    .blockDeviceMappings(
                        b -> b.deviceName("/dev/sdz").ebs(e -> e.deleteOnTermination(true)))));
  }

  @Test
  void aConsoleIsShownLate() throws Exception {
    start(options().consoleLag(Duration.ofMinutes(3)));
    Instance launched = aws.run("t1");
    aws.terminate(launched.instanceId());
    simulator.settle();
    refused(
        "IncorrectInstanceState",
        () -> aws.ec2.getConsoleOutput(g -> g.instanceId(launched.instanceId()).latest(true)));
    assertThat(aws.ec2.getConsoleOutput(g -> g.instanceId(launched.instanceId())).output())
        .isNullOrEmpty();
  }

  @Test
  void whatTheAccountHasIsDescribed() {
    assertThat(
            aws.ec2
                .describeSubnets(d -> d.subnetIds("subnet-b"))
                .subnets()
                .get(0)
                .availabilityZone())
        .isEqualTo("eu-central-1b");
    refused(
        "InvalidSubnetID.NotFound", () -> aws.ec2.describeSubnets(d -> d.subnetIds("subnet-x")));
    var image = aws.ec2.describeImages(d -> d.imageIds("ami-0b")).images().get(0);
    assertThat(image.architectureAsString()).isEqualTo("arm64");
    assertThat(image.rootDeviceName()).isEqualTo("/dev/xvda");
    var type = aws.ec2.describeInstanceTypes(d -> d.instanceTypesWithStrings("c7g.2xlarge"));
    assertThat(type.instanceTypes().get(0).vCpuInfo().defaultVCpus()).isEqualTo(8);
    assertThat(type.instanceTypes().get(0).processorInfo().supportedArchitecturesAsStrings())
        .containsExactly("arm64");
    assertThat(aws.ec2.describeSecurityGroups().securityGroups()).hasSize(2);
  }

  @Test
  void tagsAreGivenLaterToo() {
    String id = aws.run("t1").instanceId();
    aws.ec2.createTags(c -> c.resources(id).tags(t -> t.key("owner").value("a&b <c>")));
    assertThat(aws.find("tag:owner", "a&b <c>")).containsExactly(id);
    assertThat(aws.describe(id).tags()).hasSize(2);
  }

  @Test
  void anotherProcessSetsFaultsAndSeesRequestsByHttp() throws Exception {
    control(
        "{'operation': 'RunInstances', 'effect': 'refuse', 'code': 'InternalError', 'times': 2}");
    control("{'capacity': {'t3.nano': {'eu-central-1a': 0}}, 'vcpuQuota': 2}");
    Aws.refused(500, "InternalError", () -> aws.run("t1"));
    assertThat(control("DELETE", "faults", "")).contains("\"pending\":0");
    assertThat(aws.run("t1").instanceId()).isNotEmpty();
    refused("VcpuLimitExceeded", () -> aws.run("t2"));
    assertThat(control("GET", "requests", ""))
        .contains("\"code\":\"InternalError\"", "\"ClientToken\":\"t2\"");
    assertThat(control("{'effect': 'none'}")).contains("is no effect");
  }

  private String control(String fault) throws Exception {
    return control("POST", "faults", fault.replace('\'', '"'));
  }

  private String control(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(simulator.uri().resolve("/_sim/" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Test
  void whoAsksMustBeKnown() throws Exception {
    start(options().accessKey("AKIAOTHER"));
    assertThatThrownBy(() -> aws.run("t1"))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(401);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AuthFailure");
            });
    start(options());
    Aws.refused(403, "SignatureDoesNotMatch", () -> aws.ec2(Region.US_EAST_1).describeInstances());
  }
}
