package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Redaction;
import dev.flamepool.wire.ParentLines;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * Launches: a turn first, then the boot object, then RunInstances with the attempt's token. The
 * same attempt again is the same request, byte for byte, and so gives the same instance.
 */
final class Launches {
  private static final Logger LOG = LoggerFactory.getLogger(Launches.class);

  /** So often an instance profile may be unknown: a new one is not everywhere at once. */
  private static final int PROFILE_TRIES = 10;

  /** How long an instance may take until its runner is started, if its life has no limit. */
  private static final long BOOT_MINUTES = 60;

  private static final long LIFE_MARGIN_MINUTES = 15;

  /** One launch under way. */
  private record Launch(
      LaunchAttempt attempt,
      Plan plan,
      Session session,
      RunInstancesRequest request,
      Trace trace) {}

  private final Sessions sessions;
  private final Ec2Calls calls;
  private final BootObjects boots;
  private final Traces traces;
  private final Clock clock;

  Launches(Sessions sessions, Ec2Calls calls, BootObjects boots, Traces traces, Clock clock) {
    this.sessions = sessions;
    this.calls = calls;
    this.boots = boots;
    this.traces = traces;
    this.clock = clock;
  }

  Machine launch(LaunchAttempt attempt) throws BackendException {
    Trace trace = traces.of(attempt.key());
    synchronized (trace) {
      Plan plan = Plan.of(attempt);
      RunInstancesRequest request = request(attempt, plan);
      trace.secrets = Redaction.secrets(attempt.boot().env());
      Launch launch = new Launch(attempt, plan, sessions.open(attempt.tenant()), request, trace);
      try {
        Instance made = made(launch);
        trace.id = Optional.of(made.id());
        trace.asked = clock.instant();
        sessions.worked(launch.session());
        return InstanceView.of(attempt.key(), made, attempt.entry().ec2(), launch.session().own());
      } catch (AwsException e) {
        return refused(launch, e);
      } catch (BackendException e) {
        if (e.kind() == Kind.AMBIGUOUS) {
          trace.asked = clock.instant();
        } else {
          trace.notAsked();
        }
        throw e;
      } finally {
        traces.changed(trace);
      }
    }
  }

  /** Of what has an answer already a look is enough, and costs none of the few launches. */
  private Instance made(Launch launch) throws AwsException, BackendException {
    Optional<String> id = launch.trace().id;
    if (id.isPresent()) {
      Optional<Instance> known = calls.get(launch.session(), id.get());
      if (known.isPresent()) {
        return known.get();
      }
    }
    calls.awaitRun(launch.session(), launch.attempt().key());
    launch.trace().never = false;
    if (id.isEmpty()) {
      boots.put(launch.attempt(), launch.plan(), launch.session(), launch.trace());
    }
    return calls.run(launch.session(), launch.request());
  }

  private Machine refused(Launch launch, AwsException e) throws BackendException {
    Trace trace = launch.trace();
    if (e.error() == Ec2Error.TOKEN_ENDED) {
      trace.gone = true;
      return ended(launch);
    }
    if (e.error() == Ec2Error.NO_PROFILE && ++trace.withoutProfile < PROFILE_TRIES) {
      throw new BackendException(Kind.RATE_LIMITED, e.getMessage(), e);
    }
    if (e.error().kind() == Kind.AMBIGUOUS) {
      trace.asked = clock.instant();
    } else if (trace.notAsked() && e.error().kind() != Kind.RATE_LIMITED) {
      boots.remove(launch.attempt().ref(), trace);
    }
    if (e.error() == Ec2Error.QUOTA && launch.plan().spot()) {
      // Spot has a quota of its own: on demand may still have room.
      throw new BackendException(Kind.CAPACITY, e.getMessage(), e);
    }
    if (e.error() == Ec2Error.INVALID && launch.plan().launchTemplateId() != null) {
      throw new BackendException(Kind.CONFIGURATION, e.getMessage() + template(launch.plan()), e);
    }
    throw e.forBackend();
  }

  /** What is asked for may be wrong only beside what the template says. */
  private static String template(Plan plan) {
    String version = String.valueOf(plan.launchTemplateVersion());
    return "; asked for with version %s of launch template %s%s"
        .formatted(
            version,
            plan.launchTemplateId(),
            version.startsWith("$")
                ? ", which could not be read: allow ec2:DescribeLaunchTemplateVersions"
                : "");
  }

  /** A replay of what has ended already: the dead are not brought back. */
  private Machine ended(Launch launch) throws BackendException {
    Trace trace = launch.trace();
    try {
      trace.id =
          calls.byToken(launch.session(), launch.request().clientToken()).stream()
              .filter(
                  instance ->
                      Ownership.isOf(
                          launch.attempt().key(), launch.attempt().entry().ec2(), instance))
              .map(Instance::id)
              .findFirst()
              .or(() -> trace.id);
    } catch (AwsException e) {
      LOG.info("the ended instance of {} is not looked up: {}", launch.attempt(), e.getMessage());
    }
    return InstanceView.ended(launch.attempt().key(), trace.id.orElse("terminated"));
  }

  // ---- what is asked for

  private static RunInstancesRequest request(LaunchAttempt attempt, Plan plan)
      throws BackendException {
    ParentLines parent = attempt.boot().parent();
    Ec2Backend ec2 = attempt.entry().ec2();
    return RunRequest.of(
        attempt.key(),
        ec2,
        Offering.parse(attempt.offering(), ec2),
        plan,
        (int) Boot.number(parent, "port"),
        UserData.base64(UserData.script(plan.bootUrl(), plan.report(), lifeMinutes(parent))));
  }

  /** The runner ends itself before; this is for the case that it cannot. */
  private static long lifeMinutes(ParentLines parent) throws BackendException {
    long life = Boot.number(parent, "maxLifetimeMs");
    return life < 0
        ? BOOT_MINUTES
        : Duration.ofMillis(life + Math.max(0, Boot.number(parent, "shutdownTimeoutMs")))
                .toMinutes()
            + LIFE_MARGIN_MINUTES;
  }
}
