package dev.flamepool.operator.pool;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import dev.flamepool.operator.cluster.QuotaException;
import dev.flamepool.operator.cluster.RefusedException;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.control.Contacts;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.SecretConflictException;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.scaling.Demand;
import dev.flamepool.operator.validation.PoolValidator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one pool on its way: observe, decide ({@link PoolPlanner}, {@link PoolStatuses}), act
 * ({@link PoolActions}). Knows nothing of JOSDK: whoever calls it passes the pool as seen and calls
 * again after the time returned, or earlier when something changed.
 *
 * <p>Thread-safe for different pools; one pool's calls must follow each other.
 */
public final class PoolReconciler {
  private static final Logger LOG = LoggerFactory.getLogger(PoolReconciler.class);
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration QUIET = Duration.ofMinutes(5);
  private static final int MAX_READS = 5;

  private final ClusterApi api;
  private final PoolViews views;
  private final Backends backends;
  private final Offerings offerings;
  private final Credentials credentials;
  private final RunnerLinks links;
  private final PoolActions actions;
  private final FirstLook firstLook;
  private final FirstPasses firstPasses;
  private final Contacts contacts;
  private final RevisionStore store;
  private final BackendResolution resolution;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private final DoubleSupplier random;
  private final Places places;
  private final Map<String, PoolMemory> memories = new ConcurrentHashMap<>();

  /**
   * What it works with.
   *
   * @param contacts which runners answer
   * @param places for what no pass waits for: creates of runners, authorities of pools that are
   *     gone
   * @param random 0 to 1, for jitter
   */
  public PoolReconciler(
      ClusterApi api,
      PoolViews views,
      Backends backends,
      Offerings offerings,
      Credentials credentials,
      RunnerLinks links,
      Contacts contacts,
      Events events,
      OperatorMetrics metrics,
      Places places,
      Clock clock,
      DoubleSupplier random) {
    this.api = api;
    this.views = views;
    this.backends = backends;
    this.offerings = offerings;
    this.credentials = credentials;
    this.links = links;
    this.contacts = contacts;
    this.clock = clock;
    this.random = random;
    this.places = places;
    this.metrics = metrics;
    this.resolution = new BackendResolution(backends);
    Inventory inventory = new Inventory(api);
    this.firstLook = new FirstLook(api, inventory, views);
    this.firstPasses = new FirstPasses(views, clock);
    this.store = new RevisionStore(api, inventory, credentials);
    this.actions =
        new PoolActions(
            api,
            new RunnerCreation(api, views, events, places, clock),
            firstLook,
            credentials,
            links,
            events,
            metrics,
            store);
  }

  /**
   * One pass.
   *
   * @return when to call again at the latest
   */
  public Duration reconcile(FlamePool seen) {
    if (!firstLook.done(seen)) {
      return SOON;
    }
    return memories.containsKey(seen.getMetadata().getUid())
        ? passes(seen)
        : firstPasses.inTurn(seen, () -> passes(seen));
  }

  private Duration passes(FlamePool seen) {
    FlamePool pool = api.newest(seen);
    for (int i = 0; i < MAX_READS; i++) {
      try {
        return pass(pool);
      } catch (StaleException e) {
        Optional<FlamePool> fresh = reread(pool);
        if (fresh.isEmpty()) {
          gone(pool);
          return QUIET;
        }
        if (!firstLook.alone(fresh.get())) {
          firstLook.forget(pool);
          return SOON;
        }
        pool = fresh.get();
      } catch (NamespaceTerminatingException e) {
        return SOON.multipliedBy(10); // its own deletion is on the way
      }
    }
    return SOON;
  }

  /**
   * The object is gone: nothing of it is kept in memory. If somebody took its finalizer off, its
   * authority goes too, in the background.
   */
  public void gone(FlamePool pool) {
    boolean stripped = memories.containsKey(pool.getMetadata().getUid());
    forget(pool);
    if (stripped) {
      places.run(
          new Places.Account("authorities", ""),
          pool.getMetadata().getNamespace(),
          () -> endAuthority(pool));
    }
  }

  private void endAuthority(FlamePool pool) {
    try {
      credentials.forget(pool.getMetadata().getUid());
    } catch (RuntimeException e) {
      LOG.warn(
          "the authority of pool {}/{}, which is gone, is left over: {}",
          pool.getMetadata().getNamespace(),
          pool.getMetadata().getName(),
          e.getMessage());
    }
  }

  private void forget(FlamePool pool) {
    memories.remove(pool.getMetadata().getUid());
    firstLook.forget(pool);
    firstPasses.forget(pool);
    views.attend(pool.getMetadata().getNamespace(), pool.getMetadata().getName(), false);
    api.forget(pool);
    metrics.forgetPool(pool.getMetadata().getNamespace(), pool.getMetadata().getName());
  }

  private Duration pass(FlamePool seen) {
    boolean deleting = seen.getMetadata().getDeletionTimestamp() != null;
    if (deleting && !seen.getMetadata().getFinalizers().contains(Names.POOL_FINALIZER)) {
      gone(seen);
      return QUIET;
    }
    FlamePool pool = deleting ? seen : api.addFinalizer(seen, Names.POOL_FINALIZER);
    PoolMemory memory =
        memories.computeIfAbsent(
            pool.getMetadata().getUid(), uid -> new PoolMemory(clock.instant()));
    if (pool.getMetadata().getGeneration() < memory.generation) {
      throw new StaleException("FlamePool " + pool.getMetadata().getName() + " has changed", null);
    }
    memory.generation = pool.getMetadata().getGeneration();
    PoolObservation observed = observe(pool, memory);
    PoolPlan plan = PoolPlanner.plan(observed, random);
    FlamePoolStatus wanted = PoolStatuses.of(observed, plan);
    Optional<Instant> again = actions.carryOut(observed, plan, wanted, memory);
    if (deleting && actions.finish(observed)) {
      forget(pool);
      return QUIET;
    }
    Optional<Instant> slow = memory.slowAt().filter(at -> at.isAfter(clock.instant()));
    return wait(Stream.of(plan.wake(), again, slow));
  }

  private PoolObservation observe(FlamePool pool, PoolMemory memory) {
    Instant now = clock.instant();
    String namespace = pool.getMetadata().getNamespace();
    String name = pool.getMetadata().getName();
    Optional<String> invalid = PoolValidator.validate(pool);
    List<Revision> revisions = new ArrayList<>();
    EffectiveValues values = null;
    Optional<Problem> problem = Optional.empty();
    Set<String> unresolved = Set.of();
    Optional<String> authority = Optional.empty();
    boolean deleting = pool.getMetadata().getDeletionTimestamp() != null;
    if (invalid.isEmpty() && !deleting) { // what it refers to cannot hold up its end
      FlamePoolSpec spec = pool.getSpec();
      Resolution resolved =
          resolution.resolve(namespace, spec, ref -> views.backend(namespace, ref));
      Optional<Problem> secrets = ensureCredentials(pool);
      if (secrets.isEmpty()) {
        authority = Optional.of(credentials.seal(pool.getMetadata().getUid()).authority());
      }
      problem = secrets.isPresent() ? secrets : resolved.problem();
      unresolved = resolved.unresolved();
      List<Candidate> candidates =
          secrets.isPresent() ? List.of() : byCapacity(resolved.candidates());
      values =
          EffectiveValues.of(spec, candidates.isEmpty() ? null : candidates.get(0).entry().kind());
      for (Candidate candidate : candidates) {
        revisions.add(Revision.of(spec, candidate, values));
      }
    }
    Set<Integer> taken = new HashSet<>(memory.conflicts(now));
    List<RunnerView> runners = new ArrayList<>();
    for (FlameRunner runner : memory.unseen.with(views.runners(namespace, name), now)) {
      if (pool.getMetadata().getUid().equals(runner.getSpec().poolUid())) {
        runners.add(view(runner));
      } else {
        taken.add(runner.getSpec().ordinal());
      }
    }
    runners.sort(Comparator.comparingInt(RunnerView::ordinal));
    runners.forEach(runner -> remember(runner, memory, now));
    List<KnownRevision> known =
        revisions.isEmpty()
            ? List.of()
            : RevisionLog.next(store.read(pool, memory), revisions, runners);
    Demand demand = views.demand(namespace, name, now);
    views.attend(
        namespace,
        name,
        Stream.concat(
                memory.idledAt.values().stream(),
                Optional.ofNullable(pool.getStatus())
                    .map(FlamePoolStatus::minIdledAt)
                    .map(Instant::parse)
                    .stream())
            .anyMatch(demand::anyCalledUntil));
    return new PoolObservation(
        pool,
        invalid,
        values,
        List.copyOf(revisions),
        known,
        undecided(unresolved, revisions, known, runners),
        unusable(unresolved, known),
        blocked(known),
        refused(revisions),
        memory.withheld(now),
        problem,
        List.copyOf(runners),
        Set.copyOf(taken),
        demand,
        memory.heard(now),
        Map.copyOf(memory.idledAt),
        memory.spentAt(now),
        Set.copyOf(memory.kept),
        memory.lessons,
        authority,
        contacts.cutOff(pool.getMetadata().getUid()),
        now);
  }

  private RunnerView view(FlameRunner cached) {
    if (cached.getMetadata().getUid() == null) {
      return new RunnerView(cached, Optional.empty());
    }
    return new RunnerView(api.newest(cached), links.report(cached.getMetadata().getUid()));
  }

  /** What keeps the pool's own Secrets from being made. */
  private Optional<Problem> ensureCredentials(FlamePool pool) {
    try {
      credentials.ensure(pool);
      return Optional.empty();
    } catch (SecretConflictException e) {
      return Optional.of(new Problem("SecretConflict", e.getMessage()));
    } catch (QuotaException e) {
      return Optional.of(new Problem(EndReason.QuotaExceeded.name(), e.getMessage()));
    } catch (RefusedException e) {
      return Optional.of(new Problem("SecretRefused", e.getMessage()));
    }
  }

  /** What another leader's clock says may lie in the future; callers are heard by this one's. */
  private static void remember(RunnerView runner, PoolMemory memory, Instant now) {
    String version = runner.codeVersion().orElse("");
    Instant at = earlier(runner.since(), now);
    EndReason reason = runner.reason().orElse(EndReason.Lost);
    if (reason == EndReason.Idle) {
      memory.idled(version, at);
    } else if (reason == EndReason.SingleUse) {
      memory.spent(runner.uid(), version, at);
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /** Candidates with room before those without; otherwise in the order of preference. */
  private List<Candidate> byCapacity(List<Candidate> candidates) {
    return candidates.stream()
        .sorted(Comparator.comparing(candidate -> !isOpen(candidate.entry())))
        .toList();
  }

  private boolean isOpen(BackendEntry entry) {
    return backends
        .of(entry.kind())
        .filter(backend -> offerings.isOpen(backend, entry))
        .isPresent();
  }

  /** Known revisions whose backend entry cannot be resolved now. */
  private static Set<String> undecided(
      Set<String> unresolved,
      List<Revision> revisions,
      List<KnownRevision> known,
      List<RunnerView> runners) {
    Set<String> undecided = new HashSet<>();
    runners.stream()
        .filter(runner -> unresolved.contains(runner.runner().getSpec().backend().name()))
        .forEach(runner -> undecided.add(runner.revision()));
    known.stream()
        .filter(one -> unresolved.contains(one.revision().template().backend().name()))
        .forEach(one -> undecided.add(one.name()));
    revisions.forEach(revision -> undecided.remove(revision.name()));
    return Set.copyOf(undecided);
  }

  /** Revisions that nothing can be made from now; an older one's backend may not be served. */
  private Set<String> unusable(Set<String> unresolved, List<KnownRevision> known) {
    return known.stream()
        .filter(
            one -> {
              BackendEntry entry = one.revision().template().backend();
              return unresolved.contains(entry.name()) || backends.of(entry.kind()).isEmpty();
            })
        .map(KnownRevision::name)
        .collect(Collectors.toSet());
  }

  private Set<String> blocked(List<KnownRevision> known) {
    return known.stream()
        .filter(one -> !isOpen(one.revision().template().backend()))
        .map(KnownRevision::name)
        .collect(Collectors.toSet());
  }

  private List<Offerings.Refused> refused(List<Revision> revisions) {
    return revisions.stream()
        .map(revision -> revision.template().backend())
        .flatMap(
            entry -> offerings.refused(backends.of(entry.kind()).orElseThrow(), entry).stream())
        .toList();
  }

  private Optional<FlamePool> reread(FlamePool pool) {
    return api.pool(pool.getMetadata().getNamespace(), pool.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(pool.getMetadata().getUid()));
  }

  private Duration wait(Stream<Optional<Instant>> wakes) {
    Instant now = clock.instant();
    Instant due =
        Stream.concat(Stream.of(now.plus(QUIET)), wakes.flatMap(Optional::stream))
            .min(Instant::compareTo)
            .orElseThrow();
    Duration wait = Duration.between(now, due);
    return wait.compareTo(Duration.ofMillis(10)) < 0 ? Duration.ofMillis(10) : wait;
  }
}
