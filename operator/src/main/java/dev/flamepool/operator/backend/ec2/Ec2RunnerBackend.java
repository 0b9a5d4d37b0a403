package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudAccounts;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RateTokens;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Runners as EC2 instances. The client token follows from the attempt, so a launch that is sent
 * twice makes one instance; tags say whose it is, so that it is found again without anything
 * remembered. Once its runner ends the instance powers off, and so terminates.
 */
public final class Ec2RunnerBackend implements RunnerBackend, AutoCloseable {
  private final Endpoints endpoints;
  private final Sessions sessions;
  private final Ec2Clients clients;
  private final Ec2Calls calls;
  private final S3Calls objects;
  private final Traces traces;
  private final Planning planning;
  private final BootObjects boots;
  private final Launches launches;
  private final CloudAccounts<Instance> accounts;
  private final Lookups lookups;
  private final Endings endings;
  private final Reports reports;
  private volatile Consumer<String> changed = uid -> {};

  /**
   * A backend.
   *
   * @param credentials where tenants' keys come from
   * @param endpoints others than AWS's own that pools may name
   * @param ambient namespaces that may use the operator's own credentials and metadata
   * @param environment the operator's: where the proxies are
   * @throws IllegalArgumentException if a proxy is none
   */
  public Ec2RunnerBackend(
      CloudCredentials credentials,
      Endpoints endpoints,
      Set<String> ambient,
      Map<String, String> environment,
      Clock clock) {
    this(credentials, endpoints, ambient, clock, through(Proxies.of(environment)));
  }

  /** A backend over HTTP of a test's own. */
  Ec2RunnerBackend(
      CloudCredentials credentials,
      Endpoints endpoints,
      Set<String> ambient,
      Clock clock,
      Supplier<SdkHttpClient> http) {
    this.endpoints = endpoints;
    this.sessions = new Sessions(credentials, endpoints, ambient, new InstanceMetadata());
    this.clients = new Ec2Clients(http);
    this.calls = new Ec2Calls(new RateTokens(clock, uid -> changed.accept(uid)), clients);
    this.objects = new S3Calls(clients);
    this.traces = new Traces(clock);
    this.planning = new Planning(sessions, calls, objects);
    this.boots = new BootObjects(sessions, objects, clock);
    this.launches = new Launches(sessions, calls, boots, traces, clock);
    this.accounts =
        new CloudAccounts<>(BackendKind.EC2, credentials, new Lists(), clock, traces.calls());
    this.lookups = new Lookups(sessions, calls, accounts, boots, traces);
    this.reports = new Reports(sessions, calls, objects, clock);
    this.endings = new Endings(sessions, calls, lookups, boots, traces, clock);
  }

  private static Supplier<SdkHttpClient> through(Proxies proxies) {
    return () -> Ec2Clients.connections(proxies).build();
  }

  @Override
  public BackendKind kind() {
    return BackendKind.EC2;
  }

  @Override
  public Places.Account account(Tenant tenant) {
    Ec2Backend ec2 = tenant.entry().ec2();
    return ec2 == null
        ? RunnerBackend.super.account(tenant)
        : new Places.Account(
            Ec2Options.endpoint(ec2).orElse("EC2 in " + ec2.region()),
            List.of(tenant.namespace(), Ec2Options.secret(ec2)));
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return Ec2Options.problem(entry, endpoints);
  }

  /** Everything can be looked up that a launch needs, and the instances can be listed. */
  @Override
  public void check(Tenant tenant) throws BackendException {
    MachineKey nobody = new MachineKey("check", tenant.namespace(), "check", "check", "check", 1);
    planning.plan(nobody, tenant, Offering.of(tenant.entry().ec2()).get(0));
    Session session = sessions.open(tenant);
    try {
      objects.bundle(session, Bundle.of(tenant.entry().ec2().s3BundleUrl()));
      calls.list(session, nobody.installation());
      sessions.worked(session);
    } catch (AwsException e) {
      throw e.forBackend();
    }
  }

  @Override
  public List<String> offerings(BackendEntry entry) {
    return Offering.of(entry.ec2()).stream().map(Offering::text).toList();
  }

  @Override
  public Map<String, byte[]> prepare(MachineKey key, BackendEntry entry, String offering)
      throws BackendException {
    check(entry);
    Tenant tenant = new Tenant(key.namespace(), entry);
    Plan plan = planning.plan(key, tenant, Offering.parse(offering, entry.ec2()));
    Trace trace = traces.of(key);
    synchronized (trace) {
      trace.fresh = true;
    }
    return Map.of(Plan.FILE, plan.bytes());
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    check(attempt.entry());
    return launches.launch(attempt);
  }

  /** It is a runner's turn to be launched. */
  @Override
  public void onChange(Consumer<String> runnerUid) {
    changed = runnerUid;
  }

  /** By its client tokens, for a day after the end of an instance. */
  @Override
  public boolean remembersAttempts() {
    return true;
  }

  private void check(BackendEntry entry) throws BackendException {
    Optional<String> problem = validate(entry);
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
  }

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    Trace trace = traces.of(ref);
    synchronized (trace) {
      return lookups.find(ref, trace);
    }
  }

  @Override
  public void booted(MachineRef ref) throws BackendException {
    Trace trace = traces.of(ref.key());
    synchronized (trace) {
      boots.remove(ref, trace);
    }
  }

  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    endings.end(ref, false);
  }

  @Override
  public void delete(MachineRef ref) throws BackendException {
    endings.end(ref, true);
  }

  @Override
  public MachineOutput output(MachineRef ref) throws BackendException {
    Trace trace = traces.of(ref);
    Optional<String> id;
    synchronized (trace) {
      id = lookups.id(ref, trace);
    }
    return reports.of(ref, id, trace);
  }

  @Override
  public List<MachineRef> list(String installation, Places places) {
    return accounts.list(installation, places);
  }

  @Override
  public void retain(Set<Tenant> users) {
    accounts.retain(users);
  }

  private final class Lists implements CloudAccounts.Cloud<Instance> {
    @Override
    public Tenant account(Tenant tenant) throws BackendException {
      return sessions.account(tenant);
    }

    @Override
    public List<Instance> list(Tenant tenant, String installation) throws BackendException {
      return sessions.run(tenant, session -> calls.list(session, installation));
    }

    @Override
    public Places.Account place(Tenant account) {
      return Ec2RunnerBackend.this.account(account);
    }

    @Override
    public String name(Tenant account) {
      return "EC2 in " + account.entry().ec2().region();
    }
  }

  /** Closes the connections; the instances live on. */
  @Override
  public void close() {
    clients.close();
  }
}
