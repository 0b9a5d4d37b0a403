package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.backend.ec2.InstanceListing.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of every account that tenants use or used, and how long its credentials are kept.
 * Thread-safe.
 */
final class Accounts {
  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  /** A sweep may use a listing so old. */
  private static final Duration RECENT = Duration.ofSeconds(10);

  /** The copy of an account that nobody uses is kept for so long at least. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private record Place(Tenant account, String installation) {}

  private final CloudCredentials credentials;
  private final Sessions sessions;
  private final Ec2Calls calls;
  private final Traces traces;
  private final Clock clock;
  private final Map<Place, InstanceListing> listings = new ConcurrentHashMap<>();
  private final Map<Tenant, Instant> unused = new ConcurrentHashMap<>();

  Accounts(
      CloudCredentials credentials, Sessions sessions, Ec2Calls calls, Traces traces, Clock clock) {
    this.credentials = credentials;
    this.sessions = sessions;
    this.calls = calls;
    this.traces = traces;
    this.clock = clock;
  }

  /**
   * A listing of a tenant's account that is no older than {@code since}, and later than the call of
   * number {@code after}.
   */
  Snapshot listing(Tenant tenant, String installation, Instant since, long after)
      throws BackendException {
    return listings
        .computeIfAbsent(
            new Place(sessions.account(tenant), installation),
            place -> new InstanceListing(clock, traces.calls()))
        .get(
            since, after, () -> sessions.run(tenant, session -> calls.list(session, installation)));
  }

  /** All living instances of an installation, as far as they can be listed. */
  List<MachineRef> list(String installation) throws BackendException {
    List<MachineRef> machines = new ArrayList<>();
    List<Tenant> accounts = credentials.accounts(BackendKind.EC2);
    BackendException failure = null;
    int failures = 0;
    for (Tenant account : accounts) {
      try {
        // A tenant's credentials speak for its own namespace only.
        listing(account, installation, clock.instant().minus(RECENT), 0)
            .instances()
            .entrySet()
            .stream()
            .filter(entry -> entry.getKey().namespace().equals(account.namespace()))
            .forEach(entry -> add(machines, account, entry));
      } catch (BackendException e) {
        failure = e;
        failures++;
        LOG.warn(
            "the EC2 instances in {} for namespace {} cannot be listed: {}",
            account.entry().ec2().region(),
            account.namespace(),
            e.getMessage());
      }
    }
    if (failure != null && failures == accounts.size()) {
      throw failure;
    }
    return machines;
  }

  private static void add(
      List<MachineRef> machines, Tenant account, Map.Entry<MachineKey, List<Instance>> entry) {
    entry.getValue().stream()
        .filter(instance -> !instance.isGone())
        .findFirst()
        .ifPresent(
            instance ->
                machines.add(
                    new MachineRef(entry.getKey(), account.entry(), Optional.of(instance.id()))));
  }

  /** Forgets the credentials of accounts that nobody uses and that are surely empty. */
  void retain(Set<Tenant> users) {
    Instant now = clock.instant();
    Set<Tenant> used =
        users.stream()
            .filter(user -> user.entry().ec2() != null)
            .flatMap(user -> account(user).stream())
            .collect(Collectors.toSet());
    for (Tenant account : credentials.accounts(BackendKind.EC2)) {
      if (used.contains(account)) {
        unused.remove(account);
        continue;
      }
      Instant since = unused.computeIfAbsent(account, a -> now);
      if (now.isBefore(since.plus(UNUSED)) || !isEmptySince(account, since)) {
        continue;
      }
      credentials.forget(account);
      unused.remove(account);
      listings.keySet().removeIf(place -> place.account().equals(account));
    }
  }

  private Optional<Tenant> account(Tenant user) {
    try {
      return Optional.of(sessions.account(user));
    } catch (BackendException e) {
      return Optional.empty();
    }
  }

  private boolean isEmptySince(Tenant account, Instant since) {
    List<InstanceListing> all =
        listings.entrySet().stream()
            .filter(entry -> entry.getKey().account().equals(account))
            .map(Map.Entry::getValue)
            .toList();
    return !all.isEmpty()
        && all.stream().allMatch(one -> one.isEmptySince(since, account.namespace()));
  }
}
