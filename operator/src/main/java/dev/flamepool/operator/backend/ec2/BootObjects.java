package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts {@link BootObject}s into their bucket, and removes them. Callers hold the {@link Trace}. */
final class BootObjects {
  private static final Logger LOG = LoggerFactory.getLogger(BootObjects.class);

  /** What an object names can be read for an hour, and an instance takes minutes to read it. */
  private static final Duration GOOD = Duration.ofMinutes(30);

  private final Sessions sessions;
  private final S3Calls calls;
  private final Clock clock;

  BootObjects(Sessions sessions, S3Calls calls, Clock clock) {
    this.sessions = sessions;
    this.calls = calls;
    this.clock = clock;
  }

  /** Once for an attempt, however often its launch is repeated while the object is good. */
  void put(LaunchAttempt attempt, Plan plan, Session session, Trace trace)
      throws AwsException, BackendException {
    Instant now = clock.instant();
    if (trace.bootPut != null && now.isBefore(trace.bootPut.plus(GOOD))) {
      return;
    }
    Ec2Backend ec2 = attempt.entry().ec2();
    byte[] object =
        BootObject.of(
            attempt,
            plan.spot(),
            plan.report(),
            calls.bundle(session, Bundle.of(ec2.s3BundleUrl())));
    trace.bootRemoved = false;
    calls.put(session, Ec2Options.bootBucket(ec2), Ownership.bootObject(attempt.key()), object);
    trace.bootPut = now;
  }

  /** What cannot be removed now is removed at the next occasion, or by the bucket's own rule. */
  void remove(MachineRef ref, Trace trace) {
    trace.bootPut = null;
    trace.bootRemoved = trace.bootRemoved || isRemoved(ref, Ownership.bootObject(ref.key()));
  }

  /** The instance has ended, so that it leaves nothing any more. */
  void removeAll(MachineRef ref, Trace trace) {
    remove(ref, trace);
    trace.reportRemoved =
        trace.reportRemoved || trace.never || isRemoved(ref, Ownership.report(ref.key()));
  }

  private boolean isRemoved(MachineRef ref, String object) {
    Ec2Backend ec2 = ref.entry().ec2();
    if (!Ec2Options.hasBootBucket(ec2)) {
      return true;
    }
    try {
      return sessions.run(
          ref.tenant(),
          session -> {
            calls.remove(session, Ec2Options.bootBucket(ec2), object);
            return true;
          });
    } catch (BackendException e) {
      LOG.info("{} of {} is not removed yet: {}", object, ref, e.getMessage());
      return false;
    }
  }
}
