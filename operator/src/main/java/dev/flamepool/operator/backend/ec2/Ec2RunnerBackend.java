package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ParentLines;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.backend.ec2.InstanceListing.Snapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * Runners as EC2 instances (DESIGN section 8, "ec2"). The client token follows from the attempt, so
 * a launch that is sent twice makes one instance; tags say whose it is, so that it is found again
 * without anything remembered. Once its runner ends the instance powers off, and so terminates.
 *
 * <p>EC2's answers lag: an instance that is not there counts as gone only when it was seen
 * terminated, or {@link #SETTLE} after the last moment at which anybody may have asked for it.
 */
public final class Ec2RunnerBackend implements RunnerBackend, AutoCloseable {
  /** For so long after a launch EC2 may not show the instance. */
  static final Duration SETTLE = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(Ec2RunnerBackend.class);

  /** One list a second; all who ask within it share the answer. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /** A terminate is repeated after so long, until the instance is gone. */
  private static final Duration REPEAT = Duration.ofSeconds(10);

  /** A sweep may use a listing so old. */
  private static final Duration RECENT = Duration.ofSeconds(10);

  /** The copy of an account that nobody uses is kept for so long at least. */
  private static final Duration UNUSED = Duration.ofMinutes(10);

  /** So often an instance profile may be unknown: a new one is not everywhere at once. */
  private static final int PROFILE_TRIES = 10;

  /** How long an instance may take until its runner is started, if its life has no limit. */
  private static final long BOOT_MINUTES = 60;

  private static final long LIFE_MARGIN_MINUTES = 15;
  private static final int LINES = 50;
  private static final int LINE_LENGTH = 500;
  private static final int TRACES = 10_000;

  /** Shorter values would blot out half of every line and protect nothing. */
  private static final int SHORTEST_SECRET = 6;

  /** Variables that people should read. */
  private static final Set<String> OPEN =
      Set.of("FLAME_POOL", "FLAME_RUNNER", "FLAME_BIND", "FLAME_CODE_VERSION");

  private record Place(Tenant account, String installation) {}

  private final CloudCredentials credentials;
  private final Endpoints endpoints;
  private final Sessions sessions;
  private final Ec2Calls calls;
  private final Planning planning;
  private final Terminations terminations = new Terminations();
  private final Clock clock;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Place, InstanceListing> listings = new ConcurrentHashMap<>();
  private final Map<Tenant, Instant> unused = new ConcurrentHashMap<>();

  /** When this process first did anything: before that another one may have launched. */
  private @Nullable Instant born;

  private final Map<MachineKey, Trace> traces =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MachineKey, Trace> eldest) {
          return size() > TRACES;
        }
      };

  /**
   * A backend.
   *
   * @param credentials where tenants' keys come from
   * @param endpoints others than AWS's own that pools may name
   * @param ambient namespaces that may use the operator's own credentials and metadata
   */
  public Ec2RunnerBackend(
      CloudCredentials credentials, Endpoints endpoints, Set<String> ambient, Clock clock) {
    this(credentials, endpoints, ambient, clock, Ec2Clients::connections);
  }

  /** A backend over HTTP of a test's own. */
  Ec2RunnerBackend(
      CloudCredentials credentials,
      Endpoints endpoints,
      Set<String> ambient,
      Clock clock,
      Supplier<SdkHttpClient> http) {
    this.credentials = credentials;
    this.endpoints = endpoints;
    this.sessions = new Sessions(credentials, endpoints, ambient, new InstanceMetadata());
    this.calls = new Ec2Calls(clock, http);
    this.planning = new Planning(sessions, calls);
    this.clock = clock;
  }

  @Override
  public BackendKind kind() {
    return BackendKind.EC2;
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return Ec2Options.problem(entry, endpoints);
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return Offering.of(entry.ec2()).stream().map(Offering::text).toList();
  }

  // ---- launch

  /** Everything can be looked up that a launch needs, and the instances can be listed. */
  @Override
  public void check(Tenant tenant) throws BackendException {
    MachineKey nobody = new MachineKey("check", tenant.namespace(), "check", "check", "check", 1);
    Offering first = Offering.of(tenant.entry().ec2()).get(0);
    planning.plan(nobody, tenant, first);
    Session session = sessions.open(tenant);
    try {
      calls.bundle(session, Bundle.of(tenant.entry().ec2().s3BundleUrl()));
      calls.list(session, nobody.installation());
    } catch (AwsException e) {
      throw e.forBackend();
    }
  }

  @Override
  public Map<String, byte[]> prepare(MachineKey key, BackendEntry entry, String offering)
      throws BackendException {
    check(entry);
    Tenant tenant = new Tenant(key.namespace(), entry);
    return Map.of(
        Plan.FILE, planning.plan(key, tenant, Offering.parse(offering, entry.ec2())).bytes());
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    check(attempt.entry());
    Trace trace = trace(attempt.key());
    synchronized (trace) {
      Plan plan = Plan.of(attempt);
      RunInstancesRequest request = request(attempt, plan);
      trace.secrets = secrets(attempt);
      Session session = sessions.open(attempt.tenant());
      try {
        Instance made = made(attempt, plan, session, request, trace);
        trace.id = Optional.of(made.id());
        trace.asked = clock.instant();
        return InstanceView.of(attempt.key(), made, attempt.entry().ec2(), session.own());
      } catch (AwsException e) {
        return refused(attempt, plan, session, request, trace, e);
      } catch (BackendException e) {
        if (e.kind() == Kind.AMBIGUOUS) {
          trace.asked = clock.instant();
        }
        throw e;
      } finally {
        trace.changed = numbers.incrementAndGet();
      }
    }
  }

  /** Every value, and each line of it, long enough to be one. */
  private static Set<String> secrets(LaunchAttempt attempt) throws BackendException {
    Map<String, String> env = BootObject.env(attempt);
    env.keySet().removeAll(OPEN);
    return env.values().stream()
        .flatMap(value -> Stream.concat(Stream.of(value), value.lines()))
        .map(String::strip)
        .filter(value -> value.length() >= SHORTEST_SECRET)
        .sorted(Comparator.comparing(String::length).reversed())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Of what has an answer already a look is enough, and costs none of the few launches. */
  private Instance made(
      LaunchAttempt attempt, Plan plan, Session session, RunInstancesRequest request, Trace trace)
      throws AwsException, BackendException {
    if (trace.id.isEmpty()) {
      put(attempt, plan, session, trace);
    } else {
      Optional<Instance> known = calls.get(session, trace.id.get());
      if (known.isPresent()) {
        return known.get();
      }
    }
    return calls.run(session, request);
  }

  private void check(BackendEntry entry) throws BackendException {
    Optional<String> problem = validate(entry);
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
  }

  private static RunInstancesRequest request(LaunchAttempt attempt, Plan plan)
      throws BackendException {
    ParentLines parent = ParentLines.of(BootObject.env(attempt).get(ParentLines.VARIABLE));
    Ec2Backend ec2 = attempt.entry().ec2();
    return RunRequest.of(
        attempt.key(),
        ec2,
        Offering.parse(attempt.offering(), ec2),
        plan,
        (int) parent.number("port"),
        UserData.base64(UserData.script(plan.bootUrl(), lifeMinutes(parent))));
  }

  /** The runner ends itself before; this is for the case that it cannot. */
  private static long lifeMinutes(ParentLines parent) throws BackendException {
    long life = parent.number("maxLifetimeMs");
    return life < 0
        ? BOOT_MINUTES
        : Duration.ofMillis(life + Math.max(0, parent.number("shutdownTimeoutMs"))).toMinutes()
            + LIFE_MARGIN_MINUTES;
  }

  private void put(LaunchAttempt attempt, Plan plan, Session session, Trace trace)
      throws AwsException, BackendException {
    Ec2Backend ec2 = attempt.entry().ec2();
    byte[] object =
        BootObject.of(attempt, plan.spot(), calls.bundle(session, Bundle.of(ec2.s3BundleUrl())));
    trace.bootRemoved = false;
    calls.put(session, Ec2Options.bootBucket(ec2), Ownership.bootObject(attempt.key()), object);
  }

  private Machine refused(
      LaunchAttempt attempt,
      Plan plan,
      Session session,
      RunInstancesRequest request,
      Trace trace,
      AwsException e)
      throws BackendException {
    if (e.error() == Ec2Error.TOKEN_ENDED) {
      trace.gone = true;
      return ended(attempt, session, request, trace);
    }
    if (e.error() == Ec2Error.NO_PROFILE && ++trace.withoutProfile < PROFILE_TRIES) {
      throw new BackendException(Kind.RATE_LIMITED, e.getMessage(), e);
    }
    if (e.error().kind() == Kind.AMBIGUOUS) {
      trace.asked = clock.instant();
    } else if (e.error().kind() != Kind.RATE_LIMITED && trace.asked.equals(Instant.MIN)) {
      removeBoot(attempt.ref(), trace);
    }
    if (e.error() == Ec2Error.QUOTA && plan.spot()) {
      // Spot has a quota of its own: on demand may still have room.
      throw new BackendException(Kind.CAPACITY, e.getMessage(), e);
    }
    throw e.forBackend();
  }

  /** A replay of what has ended already: the dead are not brought back. */
  private Machine ended(
      LaunchAttempt attempt, Session session, RunInstancesRequest request, Trace trace)
      throws BackendException {
    try {
      trace.id =
          calls.byToken(session, request.clientToken()).stream()
              .filter(instance -> isOf(attempt.key(), instance))
              .map(Instance::id)
              .findFirst()
              .or(() -> trace.id);
    } catch (AwsException e) {
      LOG.info("the ended instance of {} is not looked up: {}", attempt, e.getMessage());
    }
    return InstanceView.ended(attempt.key(), trace.id.orElse("terminated"));
  }

  // ---- find

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    synchronized (trace) {
      learn(ref, trace);
      Snapshot listed = listed(ref, trace);
      Optional<Instance> instance = listed.of(ref.key());
      if (instance.isEmpty() && trace.id.isPresent()) {
        instance = byId(ref, trace.id.get());
      }
      if (instance.isEmpty()) {
        return absent(ref, trace, listed.begun());
      }
      trace.id = Optional.of(instance.get().id());
      if (instance.get().isGone()) {
        trace.gone = true;
        if (trace.deleted) {
          removeBoot(ref, trace);
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
  }

  private Optional<Machine> absent(MachineRef ref, Trace trace, Instant at)
      throws BackendException {
    Instant asked = trace.asked.isAfter(born()) ? trace.asked : born();
    if (!trace.gone && at.isBefore(asked.plus(SETTLE))) {
      throw new BackendException(
          Kind.AMBIGUOUS,
          "EC2 shows no instance of %s, and may not show a new one yet: to be asked again"
              .formatted(ref.key().runner()));
    }
    removeBoot(ref, trace);
    return Optional.empty();
  }

  private Snapshot listed(MachineRef ref, Trace trace) throws BackendException {
    return listing(
        ref.tenant(), ref.key().installation(), clock.instant().minus(TICK), trace.changed);
  }

  private Snapshot listing(Tenant tenant, String installation, Instant since, long after)
      throws BackendException {
    return listings
        .computeIfAbsent(
            new Place(sessions.account(tenant), installation),
            place -> new InstanceListing(clock, numbers))
        .get(
            since, after, () -> sessions.run(tenant, session -> calls.list(session, installation)));
  }

  /** A search by tags may lag behind a look at an id, and the other way round. */
  private Optional<Instance> byId(MachineRef ref, String id) throws BackendException {
    return sessions
        .run(ref.tenant(), session -> calls.get(session, id))
        .filter(instance -> isOf(ref.key(), instance));
  }

  /** An instance whose tags are not visible yet is taken for what its id says. */
  private static boolean isOf(MachineKey key, Instance instance) {
    return Ownership.key(instance.tags()).map(key::equals).orElse(true);
  }

  // ---- the end

  /** EC2 shuts the system down in order: systemd sends the runner SIGTERM and waits for it. */
  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    terminate(ref, false);
  }

  @Override
  public void delete(MachineRef ref) throws BackendException {
    terminate(ref, true);
  }

  private void terminate(MachineRef ref, boolean remove) throws BackendException {
    Trace trace = trace(ref.key());
    Optional<String> id;
    synchronized (trace) {
      if (remove) {
        trace.deleted = true;
        removeBoot(ref, trace);
      }
      learn(ref, trace);
      id = trace.id.isPresent() ? trace.id : listed(ref, trace).of(ref.key()).map(Instance::id);
      Instant now = clock.instant();
      boolean toldLately = trace.told != null && now.isBefore(trace.told.plus(REPEAT));
      if (id.isEmpty() || trace.gone || toldLately) {
        return;
      }
    }
    Tenant account = sessions.account(ref.tenant());
    terminations.end(
        account, id.get(), ids -> sessions.run(ref.tenant(), session -> terminated(session, ids)));
    synchronized (trace) {
      trace.told = clock.instant();
      trace.changed = numbers.incrementAndGet();
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

  @Override
  public void booted(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    synchronized (trace) {
      removeBoot(ref, trace);
    }
  }

  /** What cannot be removed now is removed at the next occasion, or by the bucket's own rule. */
  private void removeBoot(MachineRef ref, Trace trace) {
    Ec2Backend ec2 = ref.entry().ec2();
    boolean known = ec2 != null && (ec2.s3BundleUrl() != null || ec2.bootBucket() != null);
    if (trace.bootRemoved || !known) {
      return;
    }
    try {
      sessions.run(
          ref.tenant(),
          session -> {
            calls.remove(session, Ec2Options.bootBucket(ec2), Ownership.bootObject(ref.key()));
            return true;
          });
      trace.bootRemoved = true;
    } catch (BackendException e) {
      LOG.info("the boot object of {} is not removed yet: {}", ref, e.getMessage());
    }
  }

  // ---- what it wrote

  @Override
  public List<String> output(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    Optional<String> id;
    Set<String> secrets;
    synchronized (trace) {
      learn(ref, trace);
      id = trace.id;
      secrets = trace.secrets;
    }
    if (id.isEmpty()) {
      return List.of();
    }
    String console = sessions.run(ref.tenant(), session -> calls.console(session, id.get()));
    return Console.lines(
        new String(Base64.getMimeDecoder().decode(console), UTF_8), LINES, LINE_LENGTH, secrets);
  }

  // ---- all instances

  @Override
  public List<MachineRef> list(String installation) throws BackendException {
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

  @Override
  public void retain(Set<Tenant> users) {
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

  /** Closes the connections; the instances live on. */
  @Override
  public void close() {
    calls.close();
  }

  private static void learn(MachineRef ref, Trace trace) {
    if (trace.id.isEmpty()) {
      trace.id = ref.id().filter(id -> id.startsWith("i-"));
    }
  }

  private synchronized Instant born() {
    if (born == null) {
      born = clock.instant();
    }
    return born;
  }

  private Trace trace(MachineKey key) {
    born();
    synchronized (traces) {
      return traces.computeIfAbsent(key, k -> new Trace());
    }
  }
}
