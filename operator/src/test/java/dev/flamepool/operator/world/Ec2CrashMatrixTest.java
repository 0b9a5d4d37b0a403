package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Fault;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The operator dies once, before or after every request that changes something at EC2 or S3 and
 * every write to the API server in a pool's whole life, and is started again; dying at a request
 * that only asks is dying after the one before it. AWS's SDK, backend and credentials are the real
 * ones, over HTTP; the clock is the test's. In the end no instance, no boot object and no boot
 * Secret is left, and no token was ever used for another request (T20, T40).
 */
class Ec2CrashMatrixTest {
  private static final Pattern ASKS = Pattern.compile(" EC2 (Describe|Get)| SSM | S3 GET ");
  private static final Pattern AWS = Pattern.compile(" (EC2|S3) ");

  /** After a crash an instance that was never made is known not to be there in two minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  @TestFactory
  Stream<DynamicTest> anyCrashInAPoolsLife() {
    return cells(Duration.ZERO, ASKS.asPredicate().negate());
  }

  /** Writes to the API server are left out: where EC2's answers lag, its own calls count. */
  @TestFactory
  Stream<DynamicTest> anyCrashAtEc2WhoseAnswersLag() {
    return cells(Duration.ofSeconds(20), AWS.asPredicate().and(ASKS.asPredicate().negate()));
  }

  /** The token makes it safe, and nobody waits until EC2 would show the instance for sure. */
  @Test
  void aLaunchThatWasLostIsAskedForAgainAtOnce() {
    for (String when : List.of("before EC2 RunInstances", "after EC2 RunInstances")) {
      Ec2Cloud ec2 = new Ec2Cloud();
      try (World world = new World(Life.MAX, CrashPoints.at(when), ec2)) {
        world.cloud.visibleAfter(Duration.ofSeconds(5));
        ec2.secret(world);
        world.pool(Life.POOL, "{max: 3, maxConcurrency: 1%s}".formatted(ec2.spec()));
        world.demand("c", Life.POOL, 0, 1);
        world.soon(when, Duration.ofSeconds(10), () -> world.endpoints(Life.POOL).size() == 1);
        assertThat(world.restarts()).isEqualTo(1);
        assertThat(world.cloud.live()).hasSize(1);
      }
    }
  }

  private static Stream<DynamicTest> cells(Duration lag, Predicate<String> worth) {
    List<String> points = live(lag, CrashPoints.never(), 0);
    assertThat(points).as("requests of a clean run").hasSizeGreaterThan(100);
    for (String call :
        List.of("EC2 RunInstances", "EC2 TerminateInstances", "S3 PUT", "S3 DELETE", "PATCH")) {
      assertThat(points).anyMatch(point -> point.startsWith("before " + call));
    }
    return Cells.live(
        "crashes with EC2, answers late by " + lag,
        Cells.points(points, worth),
        1,
        point -> live(lag, CrashPoints.at(point.number()), 1));
  }

  /** The points that were reached. */
  private static List<String> live(Duration lag, CrashPoints points, int crashes) {
    Ec2Cloud ec2 = new Ec2Cloud();
    try (World world = new World(Life.MAX, points, ec2)) {
      world.cloud.visibleAfter(lag);
      world.cloud.deleteTime(Duration.ofSeconds(2));
      world.cloud.offering(
          "subnet-full/t3.nano/on-demand", new Fault.Refuse(Kind.CAPACITY, "no room"));
      ec2.secret(world);
      new Life(world, ec2.spec(), PATIENCE).live();
      assertThat(world.restarts()).as("the crash happened").isEqualTo(crashes);
      assertThat(ec2.server().living()).isEmpty();
      assertThat(ec2.server().objects()).as("boot objects").isEmpty();
      assertThat(ec2.server().refusals())
          .contains("InsufficientInstanceCapacity")
          .doesNotContain("IdempotentParameterMismatch");
      return points.reached();
    }
  }
}
