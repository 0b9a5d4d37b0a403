package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.MachineRef;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Ends instances, again and again until EC2 shows that they are gone. */
final class Endings {
  /** A terminate is repeated after so long, until the instance is gone. */
  private static final Duration REPEAT = Duration.ofSeconds(10);

  private final Sessions sessions;
  private final Ec2Calls calls;
  private final Lookups lookups;
  private final BootObjects boots;
  private final Traces traces;
  private final Clock clock;
  private final Terminations terminations = new Terminations();

  Endings(
      Sessions sessions,
      Ec2Calls calls,
      Lookups lookups,
      BootObjects boots,
      Traces traces,
      Clock clock) {
    this.sessions = sessions;
    this.calls = calls;
    this.lookups = lookups;
    this.boots = boots;
    this.traces = traces;
    this.clock = clock;
  }

  /**
   * Ends an instance: EC2 shuts the system down in order, so that systemd sends the runner SIGTERM
   * and waits for it.
   *
   * @param remove whether nothing of it may stay
   */
  void end(MachineRef ref, boolean remove) throws BackendException {
    Trace trace = traces.of(ref);
    Optional<String> id;
    synchronized (trace) {
      if (remove) {
        trace.deleted = true;
        boots.remove(ref, trace);
      }
      id = lookups.id(ref, trace);
      Instant now = clock.instant();
      boolean toldLately = trace.told != null && now.isBefore(trace.told.plus(REPEAT));
      if (id.isEmpty() || trace.gone || toldLately) {
        return;
      }
    }
    terminations.end(
        sessions.account(ref.tenant()),
        id.get(),
        ids -> sessions.run(ref.tenant(), session -> terminated(session, ids)));
    synchronized (trace) {
      trace.told = clock.instant();
      traces.changed(trace);
    }
  }

  /** One that EC2 does not know has ended, or is not visible yet: then it is asked for again. */
  private boolean terminated(Session session, Set<String> ids)
      throws AwsException, BackendException {
    try {
      calls.terminate(session, ids);
    } catch (AwsException e) {
      if (e.error() != Ec2Error.NO_INSTANCE || ids.size() > 1) {
        throw e;
      }
    }
    return true;
  }
}
