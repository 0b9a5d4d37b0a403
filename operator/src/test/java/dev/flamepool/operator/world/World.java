package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.backend.SimulatedCrash;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.sweep.KnownRunners;
import dev.flamepool.operator.sweep.OrphanSweep;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, a cloud and an operator in one JVM, on one thread and under one clock: the steps run
 * without JOSDK until nothing changes any more, and the operator can die at any request of its own
 * and be started again.
 */
public final class World implements AutoCloseable {
  static final String INSTALLATION = "here";
  private static final int MAX_ROUNDS = 400;
  private static final Duration STEP = Duration.ofSeconds(1);

  /** Where everything happens. */
  public final String namespace = Cluster.namespace();

  /** Moves only when told. */
  public final ManualClock clock = new ManualClock(Instant.now());

  /** Where machines come from. */
  public final ScriptedCloud cloud = new ScriptedCloud(clock);

  /** What runs on them. */
  public final FakeRunners runners = new FakeRunners(cloud);

  /** Events to be written, which no operator waits for. */
  final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

  private final Set<String> abandoned = new HashSet<>();
  private final KubernetesClient client = Cluster.shared();
  private final int max;
  private final BackendOf backends;
  private Instance operator;
  private Trouble trouble = new Trouble() {};
  private Duration skew = Duration.ZERO;
  private int restarts;
  private final AtomicLong writes = new AtomicLong();
  private final Set<String> written = ConcurrentHashMap.newKeySet();
  private Objects objects;
  private final Set<String> late = new HashSet<>();
  private volatile @Nullable CrashPoints acting;

  /** A world whose pools never have more than {@code max} runners. */
  public World(int max) {
    this(max, CrashPoints.never());
  }

  /** A world whose first operator dies at a point. */
  public World(int max, CrashPoints points) {
    this(max, points, (world, at) -> new ScriptedBackend(world.cloud, at));
  }

  /** A world whose operators reach its cloud in a way of their own. */
  public World(int max, CrashPoints points, BackendOf backends) {
    this.max = max;
    this.backends = backends;
    this.operator = new Instance(this, points, skew);
    Cluster.hook(namespace, new Edge());
  }

  /** What an operator's life reaches the cloud through; its requests are crash points. */
  @FunctionalInterface
  public interface BackendOf {
    /** The backend of one life. */
    RunnerBackend in(World world, CrashPoints points);

    /** What is due elsewhere happens, and the operator has heard of it. */
    default void catchUp() {}

    /** The world is over. */
    default void close() {}
  }

  /** What a world may do to its operator; nothing unless said otherwise. */
  interface Trouble {
    /**
     * The operator asks the API server for something.
     *
     * @return an HTTP status to answer instead, or {@link RequestHook#PASS}
     * @throws IOException for no answer
     */
    default int before(String method, String path) throws IOException {
      return RequestHook.PASS;
    }

    /**
     * What it asked for is done.
     *
     * @throws IOException for no answer
     */
    default void after(String method, String path) throws IOException {}

    /** What its informers say, where this is the truth. */
    default Objects seen(Objects truth) {
      return truth;
    }

    /**
     * It acts.
     *
     * @return whether it came to its end; if not, another takes its place
     */
    default boolean act(Runnable round) {
      round.run();
      return true;
    }
  }

  // ---- the script

  /** From now on the operator has trouble. */
  World with(Trouble now) {
    trouble = now;
    return this;
  }

  /** The clocks of operators that start from now on differ from the first one's. */
  World skewed(Duration by) {
    skew = by;
    return this;
  }

  /** Creates a pool from its spec in YAML. */
  public void pool(String name, String spec) {
    FlamePool pool =
        Serialization.unmarshal(
            "apiVersion: flamepool.dev/v1alpha1\nkind: FlamePool\nmetadata: {name: "
                + name
                + "}\nspec:\n"
                + spec.indent(2),
            FlamePool.class);
    pool.getMetadata().setNamespace(namespace);
    client.resource(pool).create();
  }

  /** Merges into a pool's spec. */
  public void edit(String name, String spec) {
    client
        .resources(FlamePool.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(
            io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
            "{\"spec\":" + spec + "}");
  }

  /** Deletes a pool, which waits for its finalizer. */
  public void delete(String name) {
    client.resources(FlamePool.class).inNamespace(namespace).withName(name).delete();
  }

  /** Somebody annotates a runner, so that it is let go whatever its cloud says. */
  public void abandon(String runner, String why) {
    FlameRunner seen = runner(runner);
    abandoned.add(seen.getMetadata().getUid());
    client
        .resource(seen)
        .edit(
            now -> {
              now.getMetadata().setAnnotations(new TreeMap<>(Map.of(Names.ABANDON_MACHINE, why)));
              return now;
            });
  }

  /** A caller says what it needs. */
  public void demand(String caller, String pool, int inFlight, int queued) {
    demand(caller, pool, "code-1", inFlight, queued);
  }

  /** A caller that has had no call for so long says what it needed on average before. */
  public void lastWords(String caller, String pool, int inFlight, Duration idle) {
    demand(caller, pool, "code-1", inFlight, 0, (int) idle.toSeconds());
  }

  /** A caller with a code version of its own says what it needs. */
  public void demand(String caller, String pool, String version, int inFlight, int queued) {
    demand(caller, pool, version, inFlight, queued, 0);
  }

  private void demand(
      String caller, String pool, String version, int inFlight, int queued, int idleSeconds) {
    FlameCaller object = new FlameCaller();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(caller)
            .withNamespace(namespace)
            .addToLabels(Names.POOL_LABEL, pool)
            .build());
    object.setSpec(
        new FlameCallerSpec(
            pool, inFlight, queued, idleSeconds, version, 1, clock.instant().toString()));
    if (client.resource(object).get() == null) {
      client.resource(object).create();
    } else {
      client
          .resource(object)
          .patch(
              io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                  io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
              Json.text(object));
    }
  }

  /** A caller is gone, and its object with it. */
  public void leave(String caller) {
    client.resources(FlameCaller.class).inNamespace(namespace).withName(caller).delete();
  }

  /** The operator is killed and started again. */
  public void restart() {
    operator = new Instance(this, CrashPoints.never(), skew);
    restarts++;
  }

  /** A leader that was replaced goes on where it was; machines that it makes now are its own. */
  void comeBack(CrashPoints points, Runnable resume) {
    Set<String> before = machines();
    acting = points;
    try {
      resume.run();
    } finally {
      acting = null;
    }
    Set<String> made = machines();
    made.removeAll(before);
    late.addAll(made);
  }

  private Set<String> machines() {
    return cloud.machines().stream()
        .map(machine -> machine.key().runnerUid())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** The leader's sweep looks for orphans for a while. */
  void sweep(Duration time) {
    OrphanSweep sweep =
        new OrphanSweep(
            new ScriptedBackend(cloud),
            KnownRunners.of(client, Set.of(namespace)),
            INSTALLATION,
            Duration.ofMinutes(2),
            OrphanSweep.Verdict.DELETE,
            new OperatorMetrics(),
            clock);
    Instant until = clock.instant().plus(time);
    while (clock.instant().isBefore(until)) {
      pass(shorter(sweep.tick(), Duration.between(clock.instant(), until)));
    }
  }

  /** Lets the operator work until nothing changes any more at this instant. */
  public void settle() {
    for (int i = 0; i < MAX_ROUNDS; i++) {
      long before = changes();
      round();
      backends.catchUp();
      if (changes() == before) {
        return;
      }
      check();
    }
    throw new AssertionError("no end of changes");
  }

  /** Lets time pass, the operator waking when it asked to. */
  public void pass(Duration time) {
    Instant until = clock.instant().plus(time);
    settle();
    while (clock.instant().isBefore(until)) {
      Duration left = Duration.between(clock.instant(), until);
      clock.advance(shorter(operator.wake(), left));
      settle();
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /**
   * Lets time pass until something holds.
   *
   * @param atMost of the world's time, for long enough also after a crash
   */
  public void soon(String what, Duration atMost, BooleanSupplier holds) {
    Instant until = clock.instant().plus(atMost);
    settle();
    while (!holds.getAsBoolean() && clock.instant().isBefore(until)) {
      clock.advance(shorter(operator.wake(), STEP));
      settle();
    }
    assertThat(holds.getAsBoolean()).as(what).isTrue();
  }

  // ---- what a test reads

  /** The pool as it is, null when it is gone. */
  public FlamePool pool(String name) {
    return objects().pools().stream()
        .filter(pool -> pool.getMetadata().getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The runner objects of a pool. */
  public List<FlameRunner> runners(String pool) {
    return objects().runners().stream()
        .filter(runner -> runner.getSpec().pool().equals(pool))
        .toList();
  }

  /** A runner object. */
  public FlameRunner runner(String name) {
    return objects().runners().stream()
        .filter(runner -> runner.getMetadata().getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The reason of a pool's condition, with its status, such as {@code True/Idle}. */
  public String condition(String pool, String type) {
    return pool(pool).getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getStatus() + "/" + condition.getReason())
        .findFirst()
        .orElse("absent");
  }

  /** The names of the endpoints that callers see. */
  public List<String> endpoints(String pool) {
    FlamePool now = pool(pool);
    return now == null || now.getStatus() == null || now.getStatus().endpoints() == null
        ? List.of()
        : now.getStatus().endpoints().stream().map(endpoint -> endpoint.runner()).toList();
  }

  /** What the operator told a runner about idling. */
  public boolean kept(String runner) {
    return operator.links.settings.get(runner(runner).getMetadata().getUid()).kept();
  }

  /** What the Events of a reason say. */
  public List<String> events(String reason) {
    return events().stream()
        .filter(event -> event.getReason().equals(reason))
        .map(event -> event.getType() + " " + event.getMessage())
        .toList();
  }

  private List<Event> events() {
    for (Runnable event = untold.poll(); event != null; event = untold.poll()) {
      event.run();
    }
    return client.v1().events().inNamespace(namespace).list().getItems();
  }

  /** What the operator of now has counted. */
  public String metrics() {
    return operator.metrics.scrape();
  }

  /** The names of the Secrets left. */
  public List<String> secrets() {
    return client.secrets().inNamespace(namespace).list().getItems().stream()
        .map(secret -> secret.getMetadata().getName())
        .toList();
  }

  /** How often the operator was started again. */
  public int restarts() {
    return restarts;
  }

  /** The operator's crash points. */
  public CrashPoints points() {
    return operator.points;
  }

  /** A Secret in the pools' namespace. */
  public void secret(String name, String key, String value) {
    secret(name, Map.of(key, value));
  }

  /** A Secret in the pools' namespace. */
  public void secret(String name, Map<String, String> values) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withData(encoded(values))
                .build())
        .create();
  }

  private static Map<String, String> encoded(Map<String, String> values) {
    Map<String, String> encoded = new TreeMap<>();
    values.forEach(
        (key, value) ->
            encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
    return encoded;
  }

  /** A client of the cluster; its requests are crash points while the operator works. */
  public KubernetesClient client() {
    return client;
  }

  RunnerBackend backend(CrashPoints at) {
    return backends.in(this, at);
  }

  /** Everything as it is now; nobody but what {@link Edge} sees changes anything. */
  Objects objects() {
    long now = writes.get();
    if (objects == null || objects.version() != now) {
      Set<String> kinds = Set.copyOf(written);
      written.removeAll(kinds);
      objects = Objects.read(client, namespace, now, kinds, objects);
    }
    return objects;
  }

  // ---- how it works

  private void round() {
    Objects seen = trouble.seen(objects());
    Instance now = operator;
    acting = now.points;
    boolean lives;
    try {
      lives = trouble.act(() -> now.round(seen)) && !now.points.dead();
    } catch (SimulatedCrash crash) {
      lives = false;
    } catch (RuntimeException e) {
      if (!now.points.dead()) {
        throw e;
      }
      lives = false;
    } finally {
      acting = null;
    }
    if (!lives) {
      restart();
    }
  }

  /** How much has changed in the cluster and in the cloud. */
  private long changes() {
    return writes.get()
        + restarts
        + cloud.log().stream()
            .filter(event -> event.type() != CloudEvent.Type.CALL)
            .filter(event -> event.type() != CloudEvent.Type.FAULT)
            .count();
  }

  /** What must hold whatever happens (DESIGN section 10). */
  private void check() {
    CloudInvariants.held(cloud.log(), max);
    Told.check(objects());
    checkWithdrawn();
    Set<String> owners =
        objects().runners().stream()
            .map(runner -> runner.getMetadata().getUid())
            .collect(Collectors.toSet());
    assertThat(cloud.machines())
        .as("machines whose FlameRunner is gone: a finalizer went too early")
        .allMatch(
            machine ->
                owners.contains(machine.key().runnerUid())
                    || abandoned.contains(machine.key().runnerUid())
                    || late.contains(machine.key().runnerUid()));
  }

  /** Whoever was told to stop is in no endpoints any more (invariant I9). */
  private void checkWithdrawn() {
    Set<String> told =
        cloud.machines().stream()
            .filter(machine -> machine.state() == Machine.State.STOPPING)
            .map(machine -> machine.key().runnerUid())
            .collect(Collectors.toSet());
    told.addAll(runners.withdrawn());
    for (FlamePool pool : objects().pools()) {
      if (pool.getStatus() != null && pool.getStatus().endpoints() != null) {
        assertThat(pool.getStatus().endpoints())
            .as("endpoints of runners that were told to end")
            .noneMatch(endpoint -> told.contains(endpoint.uid()));
      }
    }
  }

  /** The plural of what a path names. */
  private static String kind(String path) {
    return path.replaceFirst(".*/namespaces/[^/]+/([^/?]+).*", "$1");
  }

  @Override
  public void close() {
    Cluster.unhook(namespace);
    backends.close();
    Told.check(events().stream().map(Event::getReason).toList());
    client.namespaces().withName(namespace).delete();
  }

  /** Every request of the operator that changes something is a crash point before and after it. */
  private final class Edge implements RequestHook {
    @Override
    public int before(String method, String path, String body) throws IOException {
      reach("before ", method, path);
      return acting == null ? PASS : trouble.before(method, path);
    }

    @Override
    public void after(String method, String path, String body, int status) throws IOException {
      reach("after ", method, path);
      if (acting != null) {
        trouble.after(method, path);
      }
    }

    private void reach(String when, String method, String path) throws IOException {
      if (!method.equals("GET")) {
        written.add(kind(path));
        writes.incrementAndGet();
      }
      CrashPoints points = acting;
      if (points == null || (method.equals("GET") && !points.dead())) {
        return;
      }
      try {
        points.reach(when + method.toUpperCase(Locale.ROOT) + " " + path);
      } catch (SimulatedCrash crash) {
        throw new IOException(crash);
      }
    }
  }
}
