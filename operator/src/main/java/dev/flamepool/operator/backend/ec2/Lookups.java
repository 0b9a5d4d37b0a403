package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.CloudAccounts;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineListing.Snapshot;
import dev.flamepool.operator.backend.MachineRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds instances again. EC2's answers lag: an instance that is not there counts as gone only when
 * it was seen terminated, if it was refused, or {@link #SETTLE} after the last moment at which
 * anybody may have asked for it. Callers hold the {@link Trace}.
 */
final class Lookups {
  /** For so long after a launch EC2 may not show the instance. */
  static final Duration SETTLE = Duration.ofMinutes(2);

  private final Sessions sessions;
  private final Ec2Calls calls;
  private final CloudAccounts<Instance> accounts;
  private final BootObjects boots;
  private final Traces traces;

  Lookups(
      Sessions sessions,
      Ec2Calls calls,
      CloudAccounts<Instance> accounts,
      BootObjects boots,
      Traces traces) {
    this.sessions = sessions;
    this.calls = calls;
    this.accounts = accounts;
    this.boots = boots;
    this.traces = traces;
  }

  Optional<Machine> find(MachineRef ref, Trace trace) throws BackendException {
    Snapshot<Instance> listed = accounts.listed(ref, trace.changed);
    Optional<Instance> instance = listed.of(ref.key());
    if (instance.isEmpty()) {
      instance = byId(ref, trace);
    }
    if (instance.isEmpty()) {
      return absent(ref, trace, listed.begun());
    }
    trace.id = Optional.of(instance.get().id());
    if (instance.get().isGone()) {
      trace.gone = true;
      if (trace.deleted) {
        boots.removeAll(ref, trace);
        return Optional.empty();
      }
    }
    return Optional.of(
        InstanceView.of(
            ref.key(),
            instance.get(),
            ref.entry().ec2(),
            Ec2Options.endpoint(ref.entry().ec2()).isEmpty()));
  }

  /** The id of an instance, if EC2 or this process knows one. */
  Optional<String> id(MachineRef ref, Trace trace) throws BackendException {
    if (trace.id.isPresent()) {
      return trace.id;
    }
    Optional<Instance> listed = accounts.listed(ref, trace.changed).of(ref.key());
    return (listed.isPresent() ? listed : byId(ref, trace)).map(Instance::id);
  }

  private Optional<Machine> absent(MachineRef ref, Trace trace, Instant at)
      throws BackendException {
    boolean sure = trace.gone || trace.never;
    if (!sure && at.isBefore(traces.asked(trace).plus(SETTLE))) {
      throw BackendException.unsettled(
          "EC2 shows no instance of %s, and may not show a new one yet: to be asked again"
              .formatted(ref.key().runner()));
    }
    boots.removeAll(ref, trace);
    return Optional.empty();
  }

  /** A search by tags may lag behind a look at an id, and the other way round. */
  private Optional<Instance> byId(MachineRef ref, Trace trace) throws BackendException {
    Optional<String> id = trace.id.or(() -> trace.stored);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    return sessions
        .run(ref.tenant(), session -> calls.get(session, id.get()))
        .filter(instance -> Ownership.isOf(ref.key(), ref.entry().ec2(), instance));
  }
}
