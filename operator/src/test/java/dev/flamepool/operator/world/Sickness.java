package dev.flamepool.operator.world;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.control.RunnerReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One partner of the operator that is sick in one way for one pool: from {@link #begin} to {@link
 * #cure}. All else in the world is well.
 */
final class Sickness {
  /** Who. */
  enum Partner {
    /** Whatever is asked about the pool and what is its own. */
    API,
    /** Its machines. */
    CLOUD,
    /** What its runners say. */
    LINK,
    /** What its callers say. */
    CALLERS,
    /** The Secret that its environment names. */
    SECRET,
    /** Limits of the account, and of the namespace. */
    QUOTA,
    /** Writes of its FlameRunners. */
    WEBHOOK,
    /** What the operator's clock says. */
    CLOCK
  }

  /** How. */
  enum Way {
    /** No, and it will never be otherwise. */
    REFUSES_FOR_GOOD,
    /** Not now. */
    REFUSES_FOR_A_WHILE,
    /** No answer. */
    HANGS,
    /** What was asked is done, and told too late. */
    ANSWERS_LATE,
    /** What was so once. */
    ANSWERS_OLD,
    /** What nobody can read. */
    ANSWERS_GARBAGE
  }

  private static final Duration LATE = Duration.ofSeconds(5);
  private static final SickBackend.Illness NONE = new SickBackend.Illness() {};

  private final Partner partner;
  private final Way way;
  private final String pool;
  private final World world;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private final Map<String, Integer> asked = new TreeMap<>();
  private final Map<MachineKey, Optional<Machine>> machines = new HashMap<>();
  private final Map<String, RunnerReport> reports = new HashMap<>();
  private final Map<String, Instant> firstAsked = new HashMap<>();
  private Objects old;
  private boolean now;

  Sickness(Partner partner, Way way, String pool, World world) {
    this.partner = partner;
    this.way = way;
    this.pool = pool;
    this.world = world;
  }

  /** Whether there is such a thing. */
  static boolean exists(Partner partner, Way way) {
    return switch (partner) {
      case QUOTA, WEBHOOK -> way != Way.ANSWERS_OLD && (partner == Partner.WEBHOOK || !says(way));
      case SECRET -> way != Way.ANSWERS_LATE; // a read has no effect
      case CLOCK -> way == Way.ANSWERS_LATE || way == Way.ANSWERS_OLD || way == Way.ANSWERS_GARBAGE;
      default -> true;
    };
  }

  private static boolean says(Way way) {
    return way == Way.HANGS || way == Way.ANSWERS_LATE || way == Way.ANSWERS_GARBAGE;
  }

  /** What the sick partner was asked since it fell sick, with how often. */
  Map<String, Integer> asked() {
    return asked;
  }

  /** Whether what waits for this partner can be told to nobody: the pool's status is refused. */
  boolean gags() {
    return partner == Partner.API;
  }

  void begin() {
    now = true;
    old = world.objects();
    switch (partner) {
      case API, WEBHOOK -> {
        world.with(new Server(partner == Partner.API ? this::isOwn : this::isRunnerWrite));
        if (way == Way.HANGS) {
          world.creating(this::hold);
        }
      }
      case SECRET -> secret();
      case QUOTA -> {
        if (way == Way.REFUSES_FOR_A_WHILE) {
          world.with(new Server(this::isBootSecret));
        }
      }
      case CLOUD -> {
        if (way == Way.HANGS) {
          world.calling(this::hold);
        }
      }
      case LINK -> world.runners.line(this::heard);
      case CLOCK -> world.skewed(skew()).restart();
      case CALLERS -> {}
    }
  }

  void cure() {
    now = false;
    world.with(new World.Trouble() {}).creating(Places.INLINE).calling(Places.INLINE);
    world.runners.line(null);
    if (partner == Partner.CLOCK) {
      world.skewed(Duration.ZERO).restart();
    }
    if (partner == Partner.SECRET && way == Way.ANSWERS_GARBAGE) {
      replaceSecret(Map.of("key", "value"));
    }
    for (Runnable work = held.poll(); work != null; work = held.poll()) {
      work.run();
    }
  }

  /** A request is made that a sick partner has to answer. */
  void asked(String what, MachineKey key) {
    if (now && partner == Partner.CLOUD && key.pool().equals(pool)) {
      asked(what + " " + key.runner() + "#" + key.attempt());
    }
  }

  private void asked(String what) {
    asked.merge(what, 1, Integer::sum);
  }

  private Duration skew() {
    return switch (way) {
      case ANSWERS_LATE -> Duration.ofMinutes(-10);
      case ANSWERS_OLD -> Duration.ofMinutes(10);
      default -> Duration.ofDays(3650);
    };
  }

  private void hold(Places.Account account, String flow, Runnable work) {
    boolean its = flow.equals(pool) || account.credentials().toString().contains("/" + pool);
    if (now && its) {
      held.add(work);
    } else {
      work.run();
    }
  }

  // ---- the API server

  private boolean isOwn(String request) {
    return request.matches("(?s).*/" + pool + "(-[^/ ]*)?(/status)?([? ].*)?")
        || request.contains("\"name\":\"" + pool + "-");
  }

  private boolean isRunnerWrite(String request) {
    return !request.startsWith("GET") && request.contains("/flamerunners") && isOwn(request);
  }

  private boolean isBootSecret(String request) {
    return request.startsWith("POST") && request.contains("/secrets") && isOwn(request);
  }

  /** The API server, as far as it is sick. */
  private final class Server implements World.Trouble {
    private final Predicate<String> sick;
    private boolean lose;

    Server(Predicate<String> sick) {
      this.sick = sick;
    }

    @Override
    public String words() {
      return way == Way.ANSWERS_GARBAGE ? "<html>" : "the policy says no";
    }

    @Override
    public int before(String method, String path, String body) throws IOException {
      if (!now || !sick.test(method + " " + path + " " + (method.equals("POST") ? body : ""))) {
        return RequestHook.PASS;
      }
      asked(method + " " + path);
      return switch (way) {
        case REFUSES_FOR_GOOD -> 403;
        case REFUSES_FOR_A_WHILE -> partner == Partner.QUOTA ? 403 : 503;
        case HANGS -> throw new IOException("no answer");
        case ANSWERS_GARBAGE -> 200;
        case ANSWERS_LATE -> {
          lose = true;
          yield RequestHook.PASS;
        }
        case ANSWERS_OLD -> RequestHook.PASS;
      };
    }

    @Override
    public void after(String method, String path, int status) throws IOException {
      if (lose) {
        lose = false;
        throw new IOException("the answer came too late");
      }
    }

    @Override
    public Objects seen(Objects truth) {
      if (!now || way != Way.ANSWERS_OLD) {
        return truth;
      }
      return new Objects(
          truth.version(),
          Stream.concat(
                  truth.pools().stream().filter(one -> !one.getMetadata().getName().equals(pool)),
                  old.pools().stream().filter(one -> one.getMetadata().getName().equals(pool)))
              .toList(),
          Stream.concat(
                  truth.runners().stream().filter(one -> !one.getSpec().pool().equals(pool)),
                  old.runners().stream().filter(one -> one.getSpec().pool().equals(pool)))
              .toList(),
          truth.callers());
    }
  }

  // ---- the Secret

  private void secret() {
    switch (way) {
      case ANSWERS_GARBAGE -> replaceSecret(Map.of("another", "value"));
      case ANSWERS_OLD -> replaceSecret(Map.of("key", "an older value"));
      default -> world.with(new Server(request -> request.contains("/secrets/env ")));
    }
  }

  private void replaceSecret(Map<String, String> values) {
    world.client().secrets().inNamespace(world.namespace).withName("env").delete();
    world.secret("env", values);
  }

  // ---- what runners say

  private Optional<RunnerReport> heard(String uid, RunnerReport said) {
    boolean its =
        world.objects().runners().stream()
            .anyMatch(
                one -> one.getMetadata().getUid().equals(uid) && one.getSpec().pool().equals(pool));
    if (!now || !its) {
      return Optional.of(said);
    }
    return switch (way) {
      case REFUSES_FOR_GOOD, REFUSES_FOR_A_WHILE -> Optional.of(unknown("connection refused"));
      case HANGS -> Optional.of(unknown("it accepted the connection and did not answer"));
      case ANSWERS_OLD -> Optional.of(reports.computeIfAbsent(uid, first -> said));
      case ANSWERS_LATE ->
          world
                  .clock
                  .instant()
                  .isBefore(
                      firstAsked.computeIfAbsent(uid, first -> world.clock.instant()).plus(LATE))
              ? Optional.empty()
              : Optional.of(said);
      case ANSWERS_GARBAGE -> Optional.of(unknown("it speaks another protocol"));
    };
  }

  private static RunnerReport unknown(String problem) {
    return new RunnerReport(false, "", RunnerReport.State.UNKNOWN, 0, "", problem);
  }

  // ---- the cloud

  /** What its machines' calls meet now. */
  SickBackend.Illness illness(MachineKey key) {
    boolean its = now && key.pool().equals(pool);
    if (!its) {
      return NONE;
    }
    if (partner == Partner.QUOTA && way == Way.REFUSES_FOR_GOOD) {
      return new NoQuota();
    }
    return partner == Partner.CLOUD ? new Cloud() : NONE;
  }

  private static final class NoQuota implements SickBackend.Illness {
    @Override
    public Machine launch(LaunchAttempt attempt, RunnerBackend cloud) throws BackendException {
      throw new BackendException(Kind.QUOTA, "exceeded quota: machines=2");
    }
  }

  private final class Cloud implements SickBackend.Illness {
    @Override
    public Machine launch(LaunchAttempt attempt, RunnerBackend cloud) throws BackendException {
      if (way == Way.ANSWERS_LATE) {
        cloud.launch(attempt);
      } else if (way == Way.ANSWERS_OLD) {
        return cloud.launch(attempt);
      }
      throw failure();
    }

    @Override
    public Optional<Machine> find(MachineRef machine, RunnerBackend cloud) throws BackendException {
      if (way == Way.ANSWERS_OLD) {
        Optional<Machine> seen = cloud.find(machine);
        return machines.computeIfAbsent(machine.key(), key -> seen);
      }
      throw failure();
    }

    @Override
    public void end(MachineRef machine, SickBackend.Ending end) throws BackendException {
      if (way == Way.ANSWERS_LATE || way == Way.ANSWERS_OLD) {
        end.run();
      }
      if (way != Way.ANSWERS_OLD) {
        throw failure();
      }
    }

    private BackendException failure() {
      return switch (way) {
        case REFUSES_FOR_GOOD -> new BackendException(Kind.CREDENTIALS, "the token was revoked");
        case ANSWERS_GARBAGE -> throw new IllegalStateException("an answer nobody can read");
        default -> new BackendException(Kind.AMBIGUOUS, "502 from a gateway");
      };
    }
  }
}
