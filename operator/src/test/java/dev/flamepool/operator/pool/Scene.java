package dev.flamepool.operator.pool;

import dev.flamepool.api.BackendKind;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Offerings.Refused;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import dev.flamepool.operator.scaling.CallerDemand;
import dev.flamepool.operator.scaling.Demand;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What there is to be seen of pool {@code p}, for tests of what is decided on it. {@link #plan}
 * decides and lets the outcome be seen by the next one, as if its status had been written.
 */
final class Scene {
  private int cutOff;
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  final List<Revision> current = new ArrayList<>();
  final List<KnownRevision> known = new ArrayList<>();
  final Set<String> undecided = new HashSet<>();
  final Set<String> unusable = new HashSet<>();
  final Map<String, Instant> idledAt = new HashMap<>();
  final Map<String, List<Instant>> spentAt = new HashMap<>();
  final List<RunnerView> runners = new ArrayList<>();
  final List<CallerDemand> callers = new ArrayList<>();
  final List<Refused> refused = new ArrayList<>();
  final Set<String> blocked = new HashSet<>();
  final Set<Integer> taken = new HashSet<>();
  Optional<Problem> backendProblem = Optional.empty();
  FlamePoolStatus status =
      Serialization.unmarshal("status: {observedGeneration: 1}", FlamePool.class).getStatus();
  Lessons lessons = Lessons.NONE;
  boolean heard = true;
  Instant now = NOW;
  private String spec = "{max: 4, maxConcurrency: 1}";
  private long generation = 1;
  private boolean singleUse;

  Scene spec(String yaml) {
    spec = yaml;
    return this;
  }

  /** The spec is another one. */
  Scene changed() {
    generation++;
    return this;
  }

  Scene singleUse() {
    singleUse = true;
    return this;
  }

  /** One that runners are made from, of a backend entry of the same name; null yields nothing. */
  Scene newest(String name, String yields) {
    current.add(revision(name, yields));
    return this;
  }

  /** An older one that is known. */
  Revision revision(String name, String yields) {
    FlameRunnerSpec template =
        Serialization.unmarshal(
                "spec: {maxConcurrency: 1, singleUse: %s, backend: {name: %s, local: {}}}"
                    .formatted(singleUse, name),
                FlameRunner.class)
            .getSpec();
    Revision revision = new Revision(name, template);
    known.add(
        new KnownRevision(
            revision,
            100 - known.size(),
            Optional.ofNullable(yields).map(version -> new Heard(version, NOW))));
    return revision;
  }

  /** A runner with a status in YAML, created now. */
  RunnerView runner(String revision, String status) {
    return runner(revision, status, "");
  }

  /** A runner that boots to find code versions. */
  RunnerView probe(String revision, String status, String... wanted) {
    String annotation = String.join("\\n", wanted);
    return runner(
        revision,
        status,
        "annotations: {flamepool.dev/wanted-code-version: \"" + annotation + "\"}");
  }

  private RunnerView runner(String revision, String status, String more) {
    int ordinal = runners.size();
    RunnerView view =
        new RunnerView(
            Serialization.unmarshal(
                """
                metadata: {name: p-%d, uid: u-%d-%s, creationTimestamp: '%s', %s}
                spec: {revision: %s, ordinal: %d, backend: {name: %s, local: {}}}
                status: {%s}
                """
                    .formatted(
                        ordinal, ordinal, revision, now, more, revision, ordinal, revision, status),
                FlameRunner.class),
            Optional.empty());
    runners.add(view);
    return view;
  }

  /** A runner that takes calls since now. */
  RunnerView ready(String revision, String codeVersion) {
    return runner(revision, ready(codeVersion));
  }

  /** A status of a runner that takes calls since now. */
  String ready(String codeVersion) {
    return "phase: Ready, codeVersion: %s, %s, phaseSince: '%s'"
        .formatted(codeVersion, machine(), now);
  }

  /** A runner that has ended just now. */
  RunnerView ended(String revision, String reason, String more) {
    return runner(
        revision, "phase: Gone, reason: %s, phaseSince: '%s'%s".formatted(reason, now, more));
  }

  /** A machine, asked for now. */
  String machine() {
    return "machine: {attempt: 1, id: m, address: 'h:1'}, launch: {attempt: 1, token: t, sha256: s,"
        + " time: '%s'}".formatted(now);
  }

  /** A caller's calls. */
  Scene calls(String version, int inFlight, int queued) {
    callers.add(new CallerDemand(version, inFlight, queued, now, now));
    return this;
  }

  /** Nobody calls any more, but the callers are there. */
  Scene quiet() {
    callers.replaceAll(
        caller -> new CallerDemand(caller.codeVersion(), 0, 0, now, caller.called()));
    return this;
  }

  /** A revision's only place refuses. */
  Scene refuse(String name, Kind kind, String words) {
    blocked.add(name);
    refused.removeIf(one -> one.name().equals(name));
    refused.add(new Refused(name, now, kind, words));
    return this;
  }

  Scene pass(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** The operator has lost its way to so many runners. */
  Scene cutOff(int runners) {
    cutOff = runners;
    return this;
  }

  PoolObservation seen() {
    FlamePool pool =
        Serialization.unmarshal(
            "metadata: {name: p, generation: %d}\nspec: %s".formatted(generation, spec),
            FlamePool.class);
    pool.setStatus(status);
    return new PoolObservation(
        pool,
        Optional.empty(),
        EffectiveValues.of(pool.getSpec(), BackendKind.LOCAL),
        List.copyOf(current),
        List.copyOf(known),
        Set.copyOf(undecided),
        Set.copyOf(unusable),
        Set.copyOf(blocked),
        List.copyOf(refused),
        Optional.empty(),
        backendProblem,
        List.copyOf(runners),
        Set.copyOf(taken),
        new Demand(List.copyOf(callers), List.of()),
        heard,
        Map.copyOf(idledAt),
        Map.copyOf(spentAt),
        Set.of(),
        lessons,
        Optional.empty(),
        cutOff,
        now);
  }

  /** Decides, and writes down what was decided; runners that have ended are deleted. */
  PoolPlan plan() {
    PoolObservation seen = seen();
    PoolPlan plan = PoolPlanner.plan(seen, () -> 0.5);
    status = PoolStatuses.of(seen, plan);
    lessons = plan.lessons();
    runners.removeAll(plan.ended());
    return plan;
  }

  /** The names of the revisions of which a plan makes runners now, such as {@code new new(v9)}. */
  static String made(PoolPlan plan) {
    return String.join(
        " ",
        plan.create().stream()
            .map(one -> one.revision().name() + (one.wanted().isEmpty() ? "" : one.wanted()))
            .toList());
  }

  /** A condition as it was written, such as {@code False/BootFailing: words}. */
  String condition(String type) {
    return status.conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(Scene::text)
        .findFirst()
        .orElse("absent");
  }

  private static String text(Condition condition) {
    return "%s/%s: %s"
        .formatted(condition.getStatus(), condition.getReason(), condition.getMessage());
  }
}
