package dev.flamepool.discovery;

import dev.flamepool.PoolState;
import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.caller.PoolView;
import dev.flamepool.caller.PoolView.Presence;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A FlamePool as its callers see it. Pure; a status that makes no sense falls back to defaults. */
final class Views {
  private static final int DEFAULT_MAX_CONCURRENCY = 100;

  private Views() {}

  static PoolView of(FlamePool pool) {
    FlamePoolSpec spec = pool.getSpec();
    FlamePoolStatus status = pool.getStatus();
    FlamePoolStatus.Effective effective = status == null ? null : status.effective();
    String timeout = effective == null ? null : effective.timeout();
    String bootTimeout = effective == null ? null : effective.bootTimeout();
    if (spec != null) {
      timeout = timeout != null ? timeout : spec.timeout();
      bootTimeout = bootTimeout != null ? bootTimeout : spec.bootTimeout();
    }
    return new PoolView(
        pool.getMetadata().getDeletionTimestamp() != null ? Presence.DELETED : Presence.PRESENT,
        spec != null && spec.isSuspended(),
        status == null ? 0 : number(status.desired(), 0),
        endpoints(status, effective),
        duration(timeout, PoolView.DEFAULT_TIMEOUT),
        Objects.requireNonNullElse(
            duration(bootTimeout, PoolView.DEFAULT_BOOT_TIMEOUT), PoolView.DEFAULT_BOOT_TIMEOUT),
        status == null ? 0 : number(status.booting(), 0),
        isCurrent(pool, status) ? conditions(status) : List.of(),
        failures(status),
        isCurrent(pool, status) ? refusals(status) : Set.of(),
        spec != null && Boolean.TRUE.equals(spec.trackResources()),
        desiredOf(status));
  }

  private static Map<String, Integer> desiredOf(@Nullable FlamePoolStatus status) {
    return stream(status == null ? null : status.revisions())
        .filter(revision -> revision.codeVersion() != null)
        .collect(
            Collectors.toMap(
                FlamePoolStatus.Revision::codeVersion,
                revision -> number(revision.desired(), 0),
                Integer::sum));
  }

  private static Set<String> refusals(@Nullable FlamePoolStatus status) {
    return stream(status == null ? null : status.refusals())
        .map(FlamePoolStatus.Refusal::codeVersion)
        .collect(Collectors.toSet());
  }

  /** Conditions of an earlier spec say nothing of this one. */
  private static boolean isCurrent(FlamePool pool, @Nullable FlamePoolStatus status) {
    Long generation = pool.getMetadata().getGeneration();
    Long observed = status == null ? null : status.observedGeneration();
    return generation == null || observed == null || observed >= generation;
  }

  private static List<PoolView.Endpoint> endpoints(
      @Nullable FlamePoolStatus status, FlamePoolStatus.@Nullable Effective effective) {
    int usual =
        number(effective == null ? null : effective.maxConcurrency(), DEFAULT_MAX_CONCURRENCY);
    return stream(status == null ? null : status.endpoints())
        .map(
            e ->
                new PoolView.Endpoint(
                    e.runner(),
                    e.uid(),
                    e.address(),
                    text(e.codeVersion()),
                    number(e.maxConcurrency(), usual)))
        .toList();
  }

  private static List<PoolState.Condition> conditions(@Nullable FlamePoolStatus status) {
    return stream(status == null ? null : status.conditions()).map(Views::condition).toList();
  }

  private static PoolState.Condition condition(Condition c) {
    return new PoolState.Condition(
        text(c.getType()), text(c.getStatus()), text(c.getReason()), text(c.getMessage()));
  }

  private static List<PoolState.Failure> failures(@Nullable FlamePoolStatus status) {
    return stream(status == null ? null : status.recentFailures())
        .map(
            f ->
                new PoolState.Failure(
                    text(f.runner()),
                    text(f.uid()),
                    text(f.backend()),
                    text(f.reason()),
                    text(f.message()),
                    stream(f.log()).toList()))
        .toList();
  }

  private static <T> Stream<T> stream(@Nullable List<T> list) {
    return list == null ? Stream.empty() : list.stream().filter(Objects::nonNull);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static int number(@Nullable Integer number, int otherwise) {
    return number == null ? otherwise : number;
  }

  private static @Nullable Duration duration(@Nullable String text, Duration otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      return Durations.parseOrNever("duration", text).orElse(null);
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }
}
