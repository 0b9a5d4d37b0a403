package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.backend.Trouble;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runners as Pods of the same cluster. A Pod is named for its runner and attempt, so a create that
 * is sent twice is refused the second time; labels and owner say whose it is, so that it is found
 * again without anything remembered. Its runner owns it.
 *
 * <p>A Pod that ended by itself stays until it is deleted, with its exit code; of one that was
 * deleted this process remembers how it ended for as long as its runner needs that.
 */
public final class PodRunnerBackend implements RunnerBackend, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodRunnerBackend.class);

  /** What is enough to find Pods: a name and labels. */
  private static final BackendEntry ANYWHERE =
      new BackendEntry(
          BackendKind.POD.field(), null, null, null, new PodBackend(null, null, null), null);

  /** A delete is repeated after so long, until the Pod is gone. */
  private static final Duration REPEAT = Duration.ofSeconds(2);

  /** The least grace with which a kubelet still says when the containers are gone. */
  private static final long FORCE_SECONDS = 1;

  private static final int TRACES = 10_000;

  private final KubernetesClient client;
  private final Clock clock;
  private final PodWatch watch;
  private final Deployments deployments;
  private final Neighbours neighbours;
  private final KubeletEvents events;
  private final EvictionGuard evictions;
  private final PodLog log;
  private final Map<String, Machine> views = new ConcurrentHashMap<>();
  private final Map<MachineKey, Trace> traces =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MachineKey, Trace> eldest) {
          return size() > TRACES;
        }
      };
  private volatile Consumer<String> listener = uid -> {};
  private volatile boolean refusalTold;

  /**
   * A backend.
   *
   * @param client stays the caller's to close
   * @param namespaces that it serves; empty for all
   */
  public PodRunnerBackend(KubernetesClient client, Collection<String> namespaces, Clock clock) {
    this(client, namespaces, clock, EvictionGuard.QUIET, UnaryOperator.identity());
  }

  /**
   * A backend whose news from the watch go through somebody.
   *
   * @param quiet how long a runner has no calls before it may be evicted
   */
  PodRunnerBackend(
      KubernetesClient client,
      Collection<String> namespaces,
      Clock clock,
      Duration quiet,
      UnaryOperator<PodWatch.Listener> through) {
    this.client = client;
    this.clock = clock;
    this.watch = new PodWatch(client, namespaces, through.apply(new Changes()));
    this.deployments = new Deployments(client, clock);
    this.neighbours = new Neighbours(client, clock);
    this.events = new KubeletEvents(client, clock, uid -> listener.accept(uid));
    this.evictions = new EvictionGuard(client, quiet);
    this.log = new PodLog(client);
  }

  @Override
  public BackendKind kind() {
    return BackendKind.POD;
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return PodOptions.problem(entry);
  }

  /** The Deployment is there that {@code runnerFrom} names. */
  @Override
  public void check(Tenant tenant) throws BackendException {
    resolve(tenant.namespace(), tenant.entry());
  }

  /** With {@code runnerFrom} the template as the Deployment has it now, the pool's laid over it. */
  @Override
  public BackendEntry resolve(String namespace, BackendEntry entry) throws BackendException {
    PodBackend pod = entry.pod();
    if (pod == null || pod.runnerFrom() == null) {
      return entry;
    }
    String name = pod.runnerFrom().deployment();
    Optional<Deployment> app;
    try {
      app = deployments.find(namespace, name);
    } catch (KubernetesClientException e) {
      BackendException problem = PodError.ofLook(e);
      if (problem.isDefinite()) {
        throw problem;
      }
      throw e;
    }
    if (app.isEmpty()) {
      throw new BackendException(
          Kind.CONFIGURATION,
          ("pod.runnerFrom.deployment: there is no Deployment '%s' in namespace %s; create it or"
                  + " change the name")
              .formatted(name, namespace));
    }
    return new BackendEntry(
        entry.name(), entry.ref(), null, null, AppCopy.of(pod, app.get()), null);
  }

  @Override
  public void onSourceChange(Consumer<String> namespace) {
    deployments.onChange(namespace);
  }

  /** Nodes mount it. */
  @Override
  public boolean readsBootSecret() {
    return true;
  }

  /** Nothing is kept; but a runner that a selector would take for somebody else's is not made. */
  @Override
  public Map<String, byte[]> prepare(MachineKey machine, BackendEntry entry, String offering)
      throws BackendException {
    Map<String, String> labels = PodRequest.labels(entry.pod());
    if (labels.isEmpty()) {
      return Map.of();
    }
    Optional<String> match;
    try {
      match = neighbours.match(machine.namespace(), labels);
    } catch (KubernetesClientException e) {
      throw PodError.ofLook(e);
    }
    if (match.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, match.get());
    }
    return Map.of();
  }

  // ---- launch

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    Optional<String> problem = validate(attempt.entry());
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
    MachineKey key = attempt.key();
    Pod wanted = PodRequest.of(attempt);
    String made = trace(key).id;
    if (made != null) {
      return find(attempt.ref()).orElseGet(() -> gone(key, made)); // the dead are not brought back
    }
    watch.start();
    try {
      Pod pod = client.resource(wanted).create();
      LOG.info("Pod {}/{} is {}'s", key.namespace(), wanted.getMetadata().getName(), key.runner());
      return view(key, pod);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 409) {
        return adopt(key, wanted.getMetadata().getName());
      }
      throw PodError.ofCreate(e);
    }
  }

  /** A Pod of our name exists: an earlier answer was lost. Ours only if it says so itself. */
  private Machine adopt(MachineKey key, String name) throws BackendException {
    Pod pod =
        get(key.namespace(), name)
            .orElseThrow(() -> unsure("Pod " + name + " has our name and is gone"));
    Optional<MachineKey> whose = Ownership.key(pod);
    if (whose.equals(Optional.of(key))) {
      LOG.info("adopted Pod {}/{} for {}", key.namespace(), name, key.runner());
      return view(key, pod);
    }
    if (whose.map(MachineKey::installation).equals(Optional.of(key.installation()))) {
      throw BackendException.unsettled(
          "Pod " + name + " of an earlier runner of this name has not gone yet");
    }
    throw new BackendException(
        Kind.CONFIGURATION,
        "Pod %s in namespace %s has this runner's name and is not its own (%s); delete or rename it"
            .formatted(name, key.namespace(), Ownership.holder(pod)));
  }

  // ---- find

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    Optional<Pod> pod = look(ref.key());
    return pod.isPresent()
        ? Optional.of(view(ref.key(), pod.get()))
        : Optional.ofNullable(trace(ref.key()).ended);
  }

  /** As the watch has it; what it does not have is looked up. */
  private Optional<Pod> look(MachineKey key) throws BackendException {
    watch.start();
    String name = Ownership.name(key);
    Optional<Pod> pod = watch.seen(key.namespace(), name);
    if (pod.isEmpty()) {
      pod = get(key.namespace(), name);
    }
    return pod.filter(one -> Ownership.key(one).equals(Optional.of(key)));
  }

  private Optional<Pod> get(String namespace, String name) throws BackendException {
    try {
      return Optional.ofNullable(client.pods().inNamespace(namespace).withName(name).get());
    } catch (KubernetesClientException e) {
      throw PodError.ofLook(e);
    }
  }

  private Machine view(MachineKey key, Pod pod) {
    trace(key).id = pod.getMetadata().getUid();
    Machine machine = explained(pod, PodView.of(key, pod, clock.instant()));
    boolean inOrder =
        machine.exitCode().isPresent() && PodView.ORDERLY.contains(machine.exitCode().getAsInt());
    if (machine.state() != Machine.State.ENDED || inOrder) {
      return machine;
    }
    return withLines(machine, pod);
  }

  /** With what its status does not say of a Pod that starts, or says no more. */
  private Machine explained(Pod pod, Machine machine) {
    if (machine.state() != Machine.State.STARTING) {
      return machine;
    }
    if (machine.trouble().isEmpty()) {
      return PodView.isPrepared(pod) ? machine.with(events.of(machine.key(), pod)) : machine;
    }
    return machine.with(trace(machine.key()).remember(machine.trouble().get()));
  }

  private Machine withLines(Machine machine, Pod pod) {
    Trace trace = trace(machine.key());
    List<String> lines = trace.lines;
    if (lines == null) {
      lines = log.lines(pod);
      trace.lines = lines;
    }
    return new Machine(
        machine.key(),
        machine.id(),
        machine.address(),
        machine.state(),
        machine.exitCode(),
        machine.cause(),
        lines,
        machine.trouble().map(trouble -> readable(trouble, trace, pod)));
  }

  /** A kubelet may quote the log, and any program may leave anything as its last words. */
  private Trouble readable(Trouble trouble, Trace trace, Pod pod) {
    if (trouble.words().isEmpty()) {
      return trouble;
    }
    Trouble end = trace.end;
    if (end == null || !end.reason().equals(trouble.reason())) {
      String words = log.words(pod, trouble.words());
      end = new Trouble(trouble.reason(), words, trouble.refusal(), trouble.definite());
      trace.end = end;
    }
    return end;
  }

  @Override
  public MachineOutput output(MachineRef ref) throws BackendException {
    return look(ref.key()).map(log::lines).map(MachineOutput::of).orElse(MachineOutput.NONE);
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    List<Pod> pods;
    try {
      pods = watch.list(installation);
    } catch (KubernetesClientException e) {
      BackendException problem = PodError.ofLook(e);
      if (problem.kind() != Kind.CREDENTIALS) {
        throw problem;
      }
      if (!refusalTold) {
        refusalTold = true;
        LOG.warn("no Pods are looked after: {}", problem.getMessage());
      }
      return List.of(); // where it may not look it has never made any
    }
    List<MachineRef> machines = new ArrayList<>();
    for (Pod pod : pods) {
      Ownership.key(pod)
          .filter(key -> key.installation().equals(installation))
          .ifPresent(
              key ->
                  machines.add(
                      new MachineRef(key, ANYWHERE, Optional.of(pod.getMetadata().getUid()))));
    }
    return machines;
  }

  // ---- the end

  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    Optional<Pod> pod = look(ref.key());
    if (pod.isPresent()
        && PodView.of(ref.key(), pod.get(), clock.instant()).state() != Machine.State.ENDED) {
      delete(pod.get(), PodRequest.seconds(grace.toMillis()));
    }
  }

  /**
   * Ends a Pod with the least grace that waits for its node's word, so that it is gone when its
   * object is; without any grace only where that node has long not answered.
   */
  @Override
  public void delete(MachineRef ref) throws BackendException {
    Trace trace = trace(ref.key());
    trace.doomed = true;
    trace.ended = null;
    Instant now = clock.instant();
    Instant told = trace.told;
    if (told != null && now.isBefore(told.plus(REPEAT))) {
      return;
    }
    Optional<Pod> pod = look(ref.key());
    if (pod.isPresent()) {
      delete(pod.get(), PodView.isLost(pod.get(), now) ? 0 : FORCE_SECONDS);
      trace.told = now;
    }
  }

  /** Only this Pod, never a later one of its name. */
  private void delete(Pod pod, long graceSeconds) throws BackendException {
    DeleteOptions options =
        new DeleteOptionsBuilder()
            .withGracePeriodSeconds(graceSeconds)
            .withNewPreconditions()
            .withUid(pod.getMetadata().getUid())
            .endPreconditions()
            .build();
    String path =
        "/api/v1/namespaces/%s/pods/%s"
            .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    try {
      client.raw(path, "DELETE", options);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404 && e.getCode() != 409) {
        throw PodError.ofLook(e);
      }
    }
  }

  // ---- changes

  @Override
  public void onChange(Consumer<String> runnerUid) {
    listener = runnerUid;
  }

  @Override
  public void calls(Function<String, Optional<Boolean>> known) {
    evictions.source(known);
  }

  @Override
  public void callsChanged(String runnerUid) {
    evictions.callsChanged(runnerUid);
  }

  /** Ends the watches; the Pods live on. */
  @Override
  public void close() {
    watch.close();
    deployments.close();
    neighbours.close();
    events.close();
    evictions.close();
  }

  private Trace trace(MachineKey key) {
    synchronized (traces) {
      return traces.computeIfAbsent(key, k -> new Trace());
    }
  }

  /** One of whose end nothing is known but that somebody deleted it. */
  private static Machine gone(MachineKey key, String id) {
    return new Machine(
        key, id, Optional.empty(), Machine.State.ENDED, OptionalInt.empty(), "Deleted", List.of());
  }

  private static BackendException unsure(String why) {
    return new BackendException(Kind.AMBIGUOUS, why);
  }

  private final class Changes implements PodWatch.Listener {
    @Override
    public void changed(MachineKey key, Pod pod) {
      Machine now = PodView.of(key, pod, Instant.EPOCH);
      now.trouble().ifPresent(trace(key)::remember);
      if (!PodView.isPrepared(pod)) {
        events.forget(now.id());
      }
      evictions.changed(key.runnerUid(), pod);
      if (!now.equals(views.put(now.id(), now))) {
        listener.accept(key.runnerUid());
      }
    }

    @Override
    public void gone(MachineKey key, Pod last) {
      views.remove(last.getMetadata().getUid());
      events.forget(last.getMetadata().getUid());
      evictions.gone(key.runnerUid());
      Trace trace = trace(key);
      if (!trace.doomed) {
        Machine end = PodView.of(key, last, Instant.EPOCH);
        trace.ended =
            end.state() == Machine.State.ENDED ? end : PodRunnerBackend.gone(key, end.id());
      }
      listener.accept(key.runnerUid());
    }
  }
}
