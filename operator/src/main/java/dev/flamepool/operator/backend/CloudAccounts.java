package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.MachineListing.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines of every account at a cloud that tenants use or used, and how long its credentials
 * are kept. Thread-safe.
 *
 * @param <M> the cloud's own view of a machine
 */
public final class CloudAccounts<M extends ListedMachine> {
  /** What a cloud does for it. */
  public interface Cloud<M extends ListedMachine> {
    /** The account that a tenant's credentials and machines are in. */
    Tenant account(Tenant tenant) throws BackendException;

    /** All machines of an installation in a tenant's account, all pages. */
    List<M> list(Tenant tenant, String installation) throws BackendException;

    /** What an account is called in logs. */
    String name(Tenant account);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CloudAccounts.class);

  /** One list a second; all who ask within it share the answer. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /** A sweep may use a listing so old. */
  private static final Duration RECENT = Duration.ofSeconds(10);

  /** The copy of an account that nobody uses is kept for so long at least. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private record Place(Tenant account, String installation) {}

  private final BackendKind kind;
  private final CloudCredentials credentials;
  private final Cloud<M> cloud;
  private final Clock clock;
  private final AtomicLong calls;
  private final Map<Place, MachineListing<M>> listings = new ConcurrentHashMap<>();
  private final Map<Tenant, Instant> unused = new ConcurrentHashMap<>();

  /**
   * The accounts of one kind.
   *
   * @param calls numbers the calls of this process, those that change something as well
   */
  public CloudAccounts(
      BackendKind kind,
      CloudCredentials credentials,
      Cloud<M> cloud,
      Clock clock,
      AtomicLong calls) {
    this.kind = kind;
    this.credentials = credentials;
    this.cloud = cloud;
    this.clock = clock;
    this.calls = calls;
  }

  /** A listing of a machine's account in this tick, later than the call of number {@code after}. */
  public Snapshot<M> listed(MachineRef ref, long after) throws BackendException {
    return listing(ref.tenant(), ref.key().installation(), clock.instant().minus(TICK), after);
  }

  private Snapshot<M> listing(Tenant tenant, String installation, Instant since, long after)
      throws BackendException {
    return listings
        .computeIfAbsent(
            new Place(cloud.account(tenant), installation),
            place -> new MachineListing<>(clock, calls))
        .get(since, after, () -> cloud.list(tenant, installation));
  }

  /**
   * All living machines of an installation, as far as they can be listed.
   *
   * @throws BackendException if no account could be listed
   */
  public List<MachineRef> list(String installation) throws BackendException {
    List<MachineRef> machines = new ArrayList<>();
    List<Tenant> accounts = credentials.accounts(kind);
    BackendException failure = null;
    int failures = 0;
    for (Tenant account : accounts) {
      try {
        // A tenant's credentials speak for its own namespace only.
        listing(account, installation, clock.instant().minus(RECENT), 0)
            .machines()
            .entrySet()
            .stream()
            .filter(entry -> entry.getKey().namespace().equals(account.namespace()))
            .forEach(entry -> add(machines, account, entry));
      } catch (BackendException e) {
        failure = e;
        failures++;
        LOG.warn(
            "the machines of {} for namespace {} cannot be listed: {}",
            cloud.name(account),
            account.namespace(),
            e.getMessage());
      }
    }
    if (failure != null && failures == accounts.size()) {
      throw failure;
    }
    return machines;
  }

  private static <M extends ListedMachine> void add(
      List<MachineRef> machines, Tenant account, Map.Entry<MachineKey, List<M>> entry) {
    entry.getValue().stream()
        .filter(machine -> !machine.isGone())
        .findFirst()
        .ifPresent(
            machine ->
                machines.add(
                    new MachineRef(entry.getKey(), account.entry(), Optional.of(machine.id()))));
  }

  /** Forgets the credentials of accounts that nobody uses and that are surely empty. */
  public void retain(Set<Tenant> users) {
    Instant now = clock.instant();
    Set<Tenant> used =
        users.stream()
            .filter(user -> user.entry().kind() == kind)
            .flatMap(user -> account(user).stream())
            .collect(Collectors.toSet());
    for (Tenant account : credentials.accounts(kind)) {
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
      return Optional.of(cloud.account(user));
    } catch (BackendException e) {
      return Optional.empty();
    }
  }

  private boolean isEmptySince(Tenant account, Instant since) {
    List<MachineListing<M>> all =
        listings.entrySet().stream()
            .filter(entry -> entry.getKey().account().equals(account))
            .map(Map.Entry::getValue)
            .toList();
    return !all.isEmpty()
        && all.stream().allMatch(one -> one.isEmptySince(since, account.namespace()));
  }
}
