package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Ec2Server.Made;
import dev.flamepool.operator.backend.Ec2Server.Trouble;
import dev.flamepool.operator.backend.Fault;
import dev.flamepool.operator.backend.ec2.Ec2Fixtures;
import dev.flamepool.operator.cluster.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pool makes of what EC2 can do to it (T19, T20, T22, T39, T40). */
class Ec2TroubleTest {
  private static final String POOL = "p";
  private static final Duration A_WHILE = Duration.ofSeconds(20);

  private final Ec2Cloud ec2 = new Ec2Cloud();
  private final World world = new World(3, CrashPoints.never(), ec2);

  @AfterEach
  void close() {
    world.close();
  }

  private void pool(String limits) {
    ec2.secret(world);
    world.pool(POOL, "{%s%s}".formatted(limits, ec2.spec()));
  }

  private void serves(int runners) {
    serves(runners, A_WHILE);
  }

  private void serves(int runners, Duration within) {
    world.soon(
        runners + " runners",
        within,
        () -> world.endpoints(POOL).size() == runners && world.cloud.live().size() == runners);
  }

  private List<String> offerings() {
    return ec2.server().living().stream().map(Made::offering).toList();
  }

  @Test
  void throttledLaunchesAreWaitedForAndAreNoBoot() {
    Trouble throttled = new Trouble(503, "RequestLimitExceeded", "slow down", false);
    ec2.server().next("RunInstances", throttled, throttled, throttled);
    pool("min: 1, bootTimeout: 5s");
    world.pass(Duration.ofSeconds(1));
    assertThat(world.runner("p-0").getStatus().reason()).isEqualTo("RateLimited");
    serves(1);
    assertThat(ec2.server().count("RunInstances")).isEqualTo(4);
    assertThat(world.pool(POOL).getStatus().recentFailures()).isNull();
  }

  @Test
  void aSubnetWithoutRoomIsLeftAloneForThreeMinutes() {
    String full = "subnet-full/t3.nano/on-demand";
    String other = "subnet-a/t3.nano/on-demand";
    world.cloud.offering(full, new Fault.Refuse(Kind.CAPACITY, "no room"));
    pool("max: 3, maxConcurrency: 1");
    world.demand("c", POOL, 0, 1);
    serves(1);
    world.demand("c", POOL, 1, 1);
    serves(2);
    assertThat(offerings()).containsExactly(other, other);
    assertThat(ec2.server().count("RunInstances")).isEqualTo(3);
    world.cloud.offering(full, null);
    world.pass(Duration.ofMinutes(3));
    world.demand("c", POOL, 2, 1);
    serves(3);
    assertThat(offerings()).containsExactly(other, other, full);
  }

  @ParameterizedTest
  @CsvSource({
    "400, InvalidAMIID.NotFound, BackendReady, InvalidConfiguration",
    "400, InvalidParameterValue, BackendReady, InvalidConfiguration",
    "403, UnauthorizedOperation, BackendReady, CredentialsRefused",
    "401, AuthFailure, BackendReady, CredentialsRefused",
    "400, VcpuLimitExceeded, CapacityAvailable, QuotaExceeded"
  })
  void aRefusalIsAConditionAndNotTriedHotly(
      int status, String code, String condition, String reason) {
    Trouble[] refusals =
        Stream.generate(() -> new Trouble(status, code, "no", false))
            .limit(100)
            .toArray(Trouble[]::new);
    ec2.server().next("RunInstances", refusals);
    pool("min: 3");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.condition(POOL, condition)).isEqualTo("False/" + reason);
    long before = ec2.server().count("RunInstances");
    world.pass(Duration.ofSeconds(30));
    assertThat(ec2.server().count("RunInstances") - before).isLessThan(8);
    assertThat(ec2.server().objects()).as("boot objects").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "404, NoSuchKey, InvalidConfiguration, there is no s3://releases/thumbs.tar.gz in region",
    "301, PermanentRedirect, InvalidConfiguration, there is no s3://releases/thumbs.tar.gz in region",
    "403, AccessDenied, CredentialsRefused, may not be read"
  })
  void aBundleThatCannotBeHadIsSaidBeforeAnythingBoots(
      int status, String code, String reason, String words) {
    Trouble[] refusals =
        Stream.generate(() -> new Trouble(status, code, "no", false))
            .limit(100)
            .toArray(Trouble[]::new);
    ec2.server().next("S3 HEAD", refusals);
    pool("min: 3");
    world.pass(Duration.ofSeconds(5));
    assertThat(world.condition(POOL, "BackendReady")).isEqualTo("False/" + reason);
    assertThat(world.pool(POOL).getStatus().conditions())
        .anyMatch(condition -> condition.getMessage().contains(words));
    world.pass(Duration.ofSeconds(10));
    assertThat(ec2.server().count("RunInstances")).isZero();
    assertThat(ec2.server().count("S3 HEAD")).as("by each runner, and one again").isBetween(3L, 4L);
    assertThat(ec2.server().objects()).isEmpty();
  }

  @Test
  void anInstanceThatStaysPendingIsEndedAndReplaced() {
    world.cloud.bootTime(Duration.ofMinutes(30));
    ec2.server().console("flamepool: failed with status 22: could not fetch the bundle\n");
    pool("min: 1");
    world.pass(Duration.ofSeconds(110));
    assertThat(world.runner("p-0").getStatus().reason()).isNull();
    assertThat(world.cloud.live()).hasSize(1);
    world.cloud.bootTime(Duration.ofSeconds(1));
    serves(1, Duration.ofSeconds(60));
    assertThat(world.pool(POOL).getStatus().recentFailures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.reason()).isEqualTo("BootTimeout");
              assertThat(failure.log()).anyMatch(line -> line.contains("could not fetch"));
            });
    assertThat(ec2.server().count("RunInstances")).isEqualTo(2);
  }

  @Test
  void whatAnInstanceSaidOfItsFailedBootIsReadByAllWhoWait() {
    world.cloud.bootTime(Duration.ofMinutes(30));
    pool("max: 1");
    world.demand("c", POOL, 0, 1);
    String why = "could not fetch the bundle: curl: (22) The requested URL returned error: 404";
    for (int failures = 1; failures <= 3; failures++) {
      world.soon("an instance", Duration.ofMinutes(1), () -> world.cloud.live().size() == 1);
      ec2.server().report("flamepool: fetch the bundle\nflamepool: failed: " + why + "\n");
      String uid = world.runner("p-0").getMetadata().getUid();
      world.cloud.die(uid, 0, "");
      world.soon(
          "its end",
          A_WHILE,
          () ->
              world.runners(POOL).stream()
                  .noneMatch(runner -> runner.getMetadata().getUid().equals(uid)));
    }
    assertThat(world.pool(POOL).getStatus().recentFailures())
        .hasSize(3)
        .allSatisfy(
            failure -> {
              assertThat(failure.reason()).isEqualTo("BootFailed");
              assertThat(failure.message()).isEqualTo(why);
              assertThat(failure.log()).endsWith("flamepool: failed: " + why);
            });
    assertThat(world.events("RunnerFailed")).anyMatch(event -> event.contains(why));
    assertThat(world.pool(POOL).getStatus().conditions())
        .anyMatch(it -> it.getType().equals("BootHealthy") && it.getMessage().contains(why));
    assertThat(ec2.server().count("GetConsoleOutput")).isZero();
    assertThat(ec2.server().objects()).isEmpty();
  }

  @Test
  void aRunnerThatIsLostTellsWhatItSaidLast() {
    pool("min: 1");
    serves(1);
    ec2.server().report("java.lang.Oops\nflamepool: failed: it was ended by signal KILL\n");
    world.cloud.die(world.runner("p-0").getMetadata().getUid(), 0, "");
    world.soon("the record", A_WHILE, () -> world.pool(POOL).getStatus().recentFailures() != null);
    assertThat(world.pool(POOL).getStatus().recentFailures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.reason()).isEqualTo("Lost");
              assertThat(failure.message()).isEqualTo("it was ended by signal KILL");
              assertThat(failure.log()).startsWith("java.lang.Oops");
            });
  }

  @Test
  void aSpotInstanceThatIsTakenBackIsReplacedAndTheReasonSaid() {
    pool("min: 1");
    serves(1);
    String uid = world.runner("p-0").getMetadata().getUid();
    world.cloud.die(uid, 0, "Server.SpotInstanceTermination");
    world.soon(
        "another",
        A_WHILE,
        () ->
            world.endpoints(POOL).size() == 1
                && world.runners(POOL).stream()
                    .noneMatch(runner -> runner.getMetadata().getUid().equals(uid)));
    assertThat(world.pool(POOL).getStatus().recentFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo("SpotInterrupted"));
  }

  @Test
  void secretValuesAreNowhereButInSecretsAndTheBootObject() {
    String secret = Ec2Fixtures.keys().get("secretAccessKey");
    ec2.server()
        .next("RunInstances", new Trouble(400, "InvalidParameterValue", "no " + secret, false));
    pool("max: 3, maxConcurrency: 1");
    world.demand("c", POOL, 0, 2);
    serves(2, Duration.ofSeconds(60));
    assertThat(world.pool(POOL).getStatus().recentFailures()).isNotEmpty();
    Stream.of(world.objects().pools(), world.objects().runners())
        .flatMap(List::stream)
        .forEach(object -> assertThat(Json.text(object)).doesNotContain(secret));
    for (Made made : ec2.server().living()) {
      String script =
          new String(Base64.getDecoder().decode(made.parameters().get("UserData")), UTF_8);
      assertThat(script).doesNotContain(secret);
      assertThat(made.parameters().values()).noneMatch(value -> value.contains(secret));
    }
  }
}
