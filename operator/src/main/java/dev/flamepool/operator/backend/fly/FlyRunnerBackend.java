package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudAccounts;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineListing.Snapshot;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RateTokens;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runners as Fly machines. A machine's name follows from its key, so a create that is sent twice is
 * refused the second time and says which machine it is; its metadata says whose it is, so that it
 * is found again without anything remembered. Once its process ends Fly destroys it.
 *
 * <p>Absence counts only when two listings, a second apart, agree (section 3, "settle time").
 */
public final class FlyRunnerBackend implements RunnerBackend, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlyRunnerBackend.class);

  /** Two listings without a machine must be so far apart to be believed. */
  private static final Duration CONFIRM = Duration.ofSeconds(1);

  /** After a create without an answer no listing is believed for so long. */
  private static final Duration SETTLE = Duration.ofSeconds(5);

  /** A destroy is repeated after so long, until the machine is gone. */
  private static final Duration REPEAT = Duration.ofSeconds(2);

  /** A machine on a lost host counts as gone so long after it was told to be destroyed. */
  private static final Duration LOST = Duration.ofMinutes(5);

  /** How often a create is sent when the host that Fly picks is full; it picks anew each time. */
  private static final int HOSTS = 3;

  private static final int TRACES = 10_000;

  private final Endpoints endpoints;
  private final Defaults defaults;
  private final Sessions sessions;
  private final Proxies proxies;
  private final Supplier<OkHttpClient> http;
  private @Nullable FlyClient client;
  private final Clock clock;
  private final RateTokens tokens;
  private volatile Consumer<String> changed = uid -> {};
  private final AtomicLong calls = new AtomicLong();
  private final CloudAccounts<FlyMachine> accounts;
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
   * @param credentials where tenants' tokens come from
   * @param endpoints hosts other than Fly's own that pools may name
   * @param ambient namespaces whose entries may leave app, image and token to the operator's own
   * @param environment the operator's: where those are, and the proxies
   * @throws IllegalArgumentException if a proxy is none
   */
  public FlyRunnerBackend(
      CloudCredentials credentials,
      Endpoints endpoints,
      Set<String> ambient,
      Map<String, String> environment,
      Clock clock) {
    this(
        credentials,
        endpoints,
        new Defaults(ambient, environment),
        Proxies.of(environment),
        clock,
        FlyClient::connections);
  }

  /** With another HTTP client below, for tests. */
  FlyRunnerBackend(
      CloudCredentials credentials,
      Endpoints endpoints,
      Defaults defaults,
      Proxies proxies,
      Clock clock,
      Supplier<OkHttpClient> http) {
    this.endpoints = endpoints;
    this.defaults = defaults;
    this.proxies = proxies;
    this.sessions = new Sessions(credentials, endpoints, defaults);
    this.http = http;
    this.clock = clock;
    this.tokens = new RateTokens(clock, uid -> changed.accept(uid));
    this.accounts = new CloudAccounts<>(BackendKind.FLY, credentials, new Lists(), clock, calls);
  }

  @Override
  public BackendKind kind() {
    return BackendKind.FLY;
  }

  @Override
  public Places.Account account(Tenant tenant) {
    FlyBackend fly = tenant.entry().fly();
    return fly == null
        ? RunnerBackend.super.account(tenant)
        : new Places.Account(
            FlyOptions.host(fly), Arrays.asList(tenant.namespace(), fly.tokenSecretRef()));
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return FlyOptions.problem(entry, endpoints);
  }

  @Override
  public BackendEntry resolve(String namespace, BackendEntry entry) throws BackendException {
    return defaults.fillIn(namespace, entry);
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return FlyOptions.regions(entry.fly());
  }

  // ---- launch

  @Override
  public Map<String, byte[]> prepare(MachineKey machine, BackendEntry entry, String offering) {
    Trace trace = trace(machine);
    synchronized (trace) {
      trace.fresh = true;
    }
    return Map.of();
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    Optional<String> problem =
        validate(attempt.entry()).or(() -> FlyOptions.missing(attempt.entry().fly()));
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
    Trace trace = trace(attempt.key());
    synchronized (trace) {
      byte[] body = CreateRequest.of(attempt);
      try {
        Session session = sessions.open(attempt.tenant());
        return trace.id.isPresent()
            ? again(attempt.key(), session, trace.id.get())
            : create(attempt, session, body, trace);
      } catch (BackendException e) {
        refused(trace, e.kind());
        throw e;
      } finally {
        trace.changed = calls.incrementAndGet();
      }
    }
  }

  private void refused(Trace trace, Kind kind) {
    if (kind == Kind.AMBIGUOUS) {
      trace.unsettledUntil = clock.instant().plus(SETTLE);
      trace.absentSince = null;
      trace.fresh = false;
    } else if (trace.id.isEmpty()) {
      trace.never = trace.fresh;
    }
  }

  private Machine create(LaunchAttempt attempt, Session session, byte[] body, Trace trace)
      throws BackendException {
    MachineKey key = attempt.key();
    while (true) {
      client().await(session, key);
      trace.never = false;
      try {
        Machine machine = made(key, client().create(session, body), trace);
        sessions.worked(attempt.tenant(), session);
        LOG.info("machine {} of fly app {} is {}'s", machine.id(), session.app(), key.runner());
        return machine;
      } catch (FlyException e) {
        if (e.meaning() == FlyError.Meaning.NAME_TAKEN) {
          return adopt(key, session, e, trace);
        }
        if (e.meaning() != FlyError.Meaning.HOST_FULL || ++trace.fullHosts >= HOSTS) {
          throw e.forBackend();
        }
      }
    }
  }

  private static Machine made(MachineKey key, FlyMachine machine, Trace trace) {
    trace.id = Optional.of(machine.id());
    trace.absentSince = null;
    return MachineView.of(key, machine);
  }

  /** A machine of our name exists: an earlier answer was lost. Ours only if it says so itself. */
  private Machine adopt(MachineKey key, Session session, FlyException taken, Trace trace)
      throws BackendException {
    String id = taken.error().adopt().orElseThrow();
    FlyMachine machine;
    try {
      machine =
          client()
              .get(session, id)
              .orElseThrow(() -> unsure("machine " + id + " has our name and is gone"));
    } catch (FlyException | BackendException e) {
      throw unsure("machine " + id + " has our name and cannot be looked at: " + e.getMessage());
    }
    if (machine.metadata().isEmpty()) {
      throw unsure("machine " + id + " has our name and does not say whose it is");
    }
    if (!machine.name().equals(Ownership.name(key)) || !machine.key().equals(Optional.of(key))) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "machine %s of app %s has the name %s and is not this runner's; destroy or rename it"
              .formatted(id, session.app(), Ownership.name(key)));
    }
    LOG.info("adopted machine {} of app {} for {}", id, session.app(), key.runner());
    return made(key, machine, trace);
  }

  /** A replay of what has an answer already; the dead are not brought back. */
  private Machine again(MachineKey key, Session session, String id) throws BackendException {
    try {
      return client()
          .get(session, id)
          .map(machine -> MachineView.of(key, machine))
          .orElseGet(() -> forgotten(key, id));
    } catch (FlyException e) {
      throw unsure(e.getMessage());
    }
  }

  private static Machine forgotten(MachineKey key, String id) {
    return new Machine(
        key, id, Optional.empty(), Machine.State.ENDED, OptionalInt.empty(), "", List.of());
  }

  /** It is a runner's turn to be launched. */
  @Override
  public void onChange(Consumer<String> runnerUid) {
    changed = runnerUid;
  }

  // ---- find

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    synchronized (trace) {
      Optional<String> id = trace.id.or(ref::id);
      if (trace.never && id.isEmpty()) {
        return Optional.empty(); // whoever has no token any more can know that, too
      }
      Snapshot<FlyMachine> listed = accounts.listed(ref, trace.changed);
      Optional<FlyMachine> machine = listed.of(ref.key());
      if (machine.isEmpty() && id.isPresent()) {
        machine = byId(ref, id.get());
      }
      if (machine.isPresent()) {
        Machine view = made(ref.key(), machine.get(), trace);
        return isOver(machine.get(), trace) ? Optional.empty() : Optional.of(view);
      }
      return absent(ref, trace, listed.begun());
    }
  }

  /**
   * Whether a machine that was told to be destroyed is, or will be as soon as its host is back: Fly
   * has taken the order, and a runner's place is not held for a host that may never come. The sweep
   * goes on looking for it.
   */
  private boolean isOver(FlyMachine machine, Trace trace) {
    Instant doomed = trace.doomed;
    if (doomed == null) {
      return false;
    }
    return machine.isGone()
        || (machine.lost()
            && machine.state().equals("destroying")
            && !clock.instant().isBefore(doomed.plus(LOST)));
  }

  private Optional<Machine> absent(MachineRef ref, Trace trace, Instant at)
      throws BackendException {
    if (trace.absentSince == null) {
      trace.absentSince = at;
    }
    if (at.isBefore(trace.absentSince.plus(CONFIRM)) || at.isBefore(trace.unsettledUntil)) {
      throw BackendException.unsettled(
          "Fly lists no machine of " + ref.key().runner() + ": to be asked again");
    }
    return Optional.empty();
  }

  /** The app is there, and the token may list its machines. */
  @Override
  public void check(Tenant tenant) throws BackendException {
    BackendEntry full = resolve(tenant.namespace(), tenant.entry());
    Tenant whole = new Tenant(tenant.namespace(), full);
    Session session = sessions.open(whole);
    try {
      client().list(session, "check");
      sessions.worked(whole, session);
    } catch (FlyException e) {
      throw e.forBackend();
    }
  }

  /**
   * A list leaves out what is destroyed, and may lag. Ours only if it says so itself, or at least
   * has our name: of a machine on a lost host more is not known.
   */
  private Optional<FlyMachine> byId(MachineRef ref, String id) throws BackendException {
    return sessions
        .run(ref.tenant(), session -> client().get(session, id))
        .filter(
            machine ->
                machine
                    .key()
                    .map(ref.key()::equals)
                    .orElseGet(() -> machine.name().equals(Ownership.name(ref.key()))));
  }

  /**
   * Fly keeps no output where its API could tell it: what happened to the machine, and the command
   * that shows what it wrote.
   */
  @Override
  public MachineOutput output(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    Optional<String> id;
    synchronized (trace) {
      id = trace.id.or(ref::id);
    }
    if (id.isEmpty()) {
      return MachineOutput.NONE;
    }
    List<String> lines = new ArrayList<>();
    byId(ref, id.get()).ifPresent(machine -> lines.addAll(machine.events()));
    lines.add(
        "what it wrote: fly logs -a %s -i %s --no-tail"
            .formatted(ref.entry().fly().app(), id.get()));
    return MachineOutput.of(lines);
  }

  // ---- the end

  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    Trace trace = trace(ref.key());
    synchronized (trace) {
      for (String id : ids(ref, trace)) {
        sessions.run(ref.tenant(), session -> done(() -> client().stop(session, id, grace)));
        trace.changed = calls.incrementAndGet();
      }
    }
  }

  @Override
  public void delete(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    synchronized (trace) {
      Instant now = clock.instant();
      if (trace.destroyed != null && now.isBefore(trace.destroyed.plus(REPEAT))) {
        return;
      }
      for (String id : ids(ref, trace)) {
        sessions.run(ref.tenant(), session -> done(() -> client().destroy(session, id)));
        trace.destroyed = now;
        trace.doomed = trace.doomed == null ? now : trace.doomed;
        trace.changed = calls.incrementAndGet();
      }
    }
  }

  /** Known, or as listed now, or as the runner's status says if that is so; else none. */
  private Set<String> ids(MachineRef ref, Trace trace) throws BackendException {
    if (trace.id.isPresent()) {
      return Set.of(trace.id.get());
    }
    Optional<FlyMachine> machine = accounts.listed(ref, trace.changed).of(ref.key());
    if (machine.isEmpty() && ref.id().isPresent()) {
      machine = byId(ref, ref.id().get());
    }
    return machine.map(FlyMachine::id).map(Set::of).orElse(Set.of());
  }

  private interface Call {
    void run() throws FlyException, BackendException;
  }

  private static boolean done(Call call) throws FlyException, BackendException {
    call.run();
    return true;
  }

  // ---- all machines

  @Override
  public List<MachineRef> list(String installation, Places places) {
    return accounts.list(installation, places);
  }

  @Override
  public void retain(Set<Tenant> users) {
    accounts.retain(users);
  }

  private final class Lists implements CloudAccounts.Cloud<FlyMachine> {
    @Override
    public Tenant account(Tenant tenant) {
      return FlyOptions.account(tenant);
    }

    @Override
    public List<FlyMachine> list(Tenant tenant, String installation) throws BackendException {
      return sessions.run(tenant, session -> list(session, installation));
    }

    private List<FlyMachine> list(Session session, String installation)
        throws FlyException, BackendException {
      try {
        return client().list(session, installation);
      } catch (FlyException e) {
        if (e.meaning() == FlyError.Meaning.NO_APP) {
          return List.of(); // its machines went with it
        }
        throw e;
      }
    }

    @Override
    public Places.Account place(Tenant account) {
      return FlyRunnerBackend.this.account(account);
    }

    @Override
    public String name(Tenant account) {
      return "fly app " + account.entry().fly().app();
    }
  }

  /** Closes the connections; the machines live on. */
  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }

  /** Made when it is needed first: an operator without such pools need not load it. */
  private synchronized FlyClient client() {
    FlyClient made = client;
    if (made == null) {
      made = new FlyClient(http.get(), proxies, tokens, clock);
      client = made;
    }
    return made;
  }

  private Trace trace(MachineKey key) {
    synchronized (traces) {
      return traces.computeIfAbsent(key, k -> new Trace());
    }
  }

  private static BackendException unsure(String why) {
    return new BackendException(Kind.AMBIGUOUS, why);
  }
}
