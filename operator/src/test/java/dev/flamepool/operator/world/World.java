package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CloudEvent;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.backend.SimulatedCrash;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.sweep.KnownRunners;
import dev.flamepool.operator.sweep.OrphanSweep;
import dev.flamepool.operator.sweep.SuspectLinks;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A cluster, a cloud and an operator in one JVM, on one thread and under one clock: the steps run
 * without JOSDK until nothing changes any more, and the operator can die at any request of its own
 * and be started again.
 */
public final class World extends People implements AutoCloseable {
  static final String INSTALLATION = "here";
  private static final int MAX_ROUNDS = 400;
  private static final Duration STEP = Duration.ofSeconds(1);

  /** Where machines come from. */
  public final ScriptedCloud cloud = new ScriptedCloud(clock);

  /** The pools' authorities. */
  final FakeCredentials credentials = new FakeCredentials();

  /** What runs on them. */
  public final FakeRunners runners = new FakeRunners(cloud);

  /** The FlameBackends that informers show, by name; nobody makes them ready here. */
  final Map<String, FlameBackend> shared = new ConcurrentHashMap<>();

  /** Events to be written, which no operator waits for. */
  final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

  /** Where operators make runners; at once, in the pass itself, unless a test says otherwise. */
  private volatile Places creates = Places.INLINE;

  /** Where operators call the cloud; at once, in the pass itself, unless a test says otherwise. */
  private volatile Places calls = Places.INLINE;

  private final Requests requests = new Requests(client, namespace);
  private final Invariants invariants;
  private final BackendOf backends;
  private Instance operator;
  private Duration skew = Duration.ZERO;
  private int restarts;
  private int rounds;

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
    this.invariants = new Invariants(max, cloud, runners);
    this.backends = backends;
    this.operator = new Instance(this, points, skew);
    Cluster.hook(namespace, requests);
  }

  /** What an operator's life reaches the cloud through; its requests are crash points. */
  @FunctionalInterface
  public interface BackendOf {
    /** The backend of one life. */
    RunnerBackend in(World world, CrashPoints points);

    /** Whether operators hear what the backend tells of runners by itself. */
    default boolean isHeard() {
      return false;
    }

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

    /** The same, for whoever looks at what is sent. */
    default int before(String method, String path, String body) throws IOException {
      return before(method, path);
    }

    /** What the answer says that is given instead. */
    default String words() {
      return "not now";
    }

    /**
     * What it asked for is done.
     *
     * @param status that will be answered
     * @throws IOException for no answer
     */
    default void after(String method, String path, int status) throws IOException {}

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
    requests.trouble = now;
    return this;
  }

  /** Creates of runners go here from now on. */
  World creating(Places now) {
    creates = now;
    return this;
  }

  /** Calls of the cloud are made here from now on. */
  World calling(Places now) {
    calls = now;
    return this;
  }

  Places creates() {
    return (account, flow, work) -> creates.run(account, flow, work);
  }

  Places calls() {
    return (account, flow, work) -> calls.run(account, flow, work);
  }

  /** The clocks of operators that start from now on differ from the first one's. */
  World skewed(Duration by) {
    skew = by;
    return this;
  }

  @Override
  public void abandon(String runner, String why) {
    invariants.allowWithoutOwner(Set.of(runner(runner).getMetadata().getUid()));
    super.abandon(runner, why);
  }

  /** The operator is killed and started again. */
  public void restart() {
    operator = new Instance(this, CrashPoints.never(), skew);
    restarts++;
  }

  /** A leader that was replaced goes on where it was; machines that it makes now are its own. */
  void comeBack(CrashPoints points, Runnable resume) {
    Set<String> before = machines();
    requests.by(points, resume);
    Set<String> made = machines();
    made.removeAll(before);
    invariants.allowWithoutOwner(made);
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
            Places.INLINE,
            new SuspectLinks(
                new FakeLinks(runners),
                key -> Optional.of(new SuspectLinks.Pool("pool", Duration.ofDays(1)))),
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
      invariants.check(objects());
    }
    throw new AssertionError("no end of changes, such as " + requests.last());
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

  /** What a pool's condition says. */
  String message(String pool, String type) {
    return pool(pool).getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getMessage())
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

  /** How often the operator of now has looked at a runner. */
  int runnerPasses() {
    return operator.runnerPasses;
  }

  /** The names of the Secrets left. */
  public List<String> secrets() {
    return client.secrets().inNamespace(namespace).list().getItems().stream()
        .map(secret -> secret.getMetadata().getName())
        .toList();
  }

  /** How often every object had its turn. */
  int rounds() {
    return rounds;
  }

  /** How often the operator was started again. */
  public int restarts() {
    return restarts;
  }

  /** The operator's crash points. */
  public CrashPoints points() {
    return operator.points;
  }

  /** Everything as it is now. */
  Objects objects() {
    return requests.objects();
  }

  RunnerBackend backend(CrashPoints at) {
    return backends.in(this, at);
  }

  boolean isBackendHeard() {
    return backends.isHeard();
  }

  // ---- how it works

  private void round() {
    rounds++;
    Objects seen = requests.trouble.seen(objects());
    Instance now = operator;
    AtomicBoolean ended = new AtomicBoolean();
    try {
      requests.by(now.points, () -> ended.set(!requests.trouble.act(() -> now.round(seen))));
    } catch (SimulatedCrash crash) {
      ended.set(true);
    } catch (RuntimeException e) {
      if (!now.points.dead()) {
        throw e;
      }
    }
    if (ended.get() || now.points.dead()) {
      restart();
    }
  }

  /** How much has changed in the cluster and in the cloud. */
  private long changes() {
    return requests.writes()
        + restarts
        + cloud.log().stream()
            .filter(event -> event.type() != CloudEvent.Type.CALL)
            .filter(event -> event.type() != CloudEvent.Type.FAULT)
            .count();
  }

  @Override
  public void close() {
    Cluster.unhook(namespace);
    backends.close();
    Told.check(events().stream().map(Event::getReason).toList());
    client.namespaces().withName(namespace).delete();
  }
}
