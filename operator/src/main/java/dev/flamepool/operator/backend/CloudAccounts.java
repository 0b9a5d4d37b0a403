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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    /** Where an account is asked. */
    Places.Account place(Tenant account);

    /** What an account is called in logs. */
    String name(Tenant account);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CloudAccounts.class);

  /** One list a second; all who ask within it share the answer. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /** A sweep may use a listing so old. */
  private static final Duration RECENT = Duration.ofSeconds(10);

  /** A sweep waits for the slowest account so long; a cloud that works answers sooner. */
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  /** Whose work a listing is among that of an account's pools, none of which has this name. */
  private static final String SWEEP = "";

  /** The copy of an account that nobody uses is kept for so long at least. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private record Place(Tenant account, String installation) {}

  private final BackendKind kind;
  private final CloudCredentials credentials;
  private final Cloud<M> cloud;
  private final AccountTroubles troubles;
  private final Duration deadline;
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
    this(kind, credentials, cloud, clock, calls, DEADLINE);
  }

  /** With another patience of the sweep's, for tests. */
  CloudAccounts(
      BackendKind kind,
      CloudCredentials credentials,
      Cloud<M> cloud,
      Clock clock,
      AtomicLong calls,
      Duration deadline) {
    this.kind = kind;
    this.deadline = deadline;
    this.credentials = credentials;
    this.cloud = cloud;
    this.troubles = new AccountTroubles(clock);
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
   * All living machines of an installation, as far as they can be listed. Each account is listed on
   * its own places, and those without an answer after {@link #DEADLINE} are left out.
   */
  public List<MachineRef> list(String installation, Places places) {
    List<Tenant> accounts = credentials.accounts(kind);
    troubles.retain(Set.copyOf(accounts));
    Map<Tenant, List<MachineRef>> listed = new ConcurrentHashMap<>();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Tenant account : accounts) {
      if (!troubles.isPaused(account)) {
        all.add(begin(places, account, () -> listed.put(account, machines(account, installation))));
      }
    }
    await(all);
    return listed.values().stream().flatMap(List::stream).toList();
  }

  private interface Work {
    void run() throws BackendException;
  }

  private CompletableFuture<Void> begin(Places places, Tenant account, Work work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      places.run(
          cloud.place(account),
          SWEEP,
          () -> {
            try {
              work.run();
              troubles.ended(account, cloud.name(account));
            } catch (BackendException e) {
              troubles.failed(account, cloud.name(account), e);
            } catch (RuntimeException e) {
              LOG.warn("the machines of {} cannot be listed", cloud.name(account), e);
            } finally {
              done.complete(null);
            }
          });
    } catch (RuntimeException | Error e) {
      LOG.warn("no thread to list the machines of {}: {}", cloud.name(account), e.toString());
      done.complete(null);
    }
    return done;
  }

  private void await(List<CompletableFuture<Void>> all) {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.info("{} accounts have no answer yet", all.stream().filter(one -> !one.isDone()).count());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A tenant's credentials speak for its own namespace only. */
  private List<MachineRef> machines(Tenant account, String installation) throws BackendException {
    List<MachineRef> machines = new ArrayList<>();
    listing(account, installation, clock.instant().minus(RECENT), 0).machines().entrySet().stream()
        .filter(entry -> entry.getKey().namespace().equals(account.namespace()))
        .forEach(entry -> add(machines, account, entry));
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
      if (now.isBefore(since.plus(UNUSED)) || !ownsNothing(account, since)) {
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

  /** With credentials that were never accepted nothing was made. */
  private boolean ownsNothing(Tenant account, Instant since) {
    return isEmptySince(account, since)
        || (troubles.isRefused(account) && !credentials.haveWorked(account));
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
