package dev.flamepool.operator.scaling;

import dev.flamepool.api.FlameCaller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a pool's callers need: a level, never an event.
 *
 * @param live the callers that count
 * @param expired objects of callers that count no more and can be deleted
 */
public record Demand(List<CallerDemand> live, List<FlameCaller> expired) {
  /** Nobody calls. */
  public static final Demand NONE = new Demand(List.of(), List.of());

  /**
   * Runners needed: for each code version as many as its calls fill, because a runner serves one
   * version only.
   *
   * @param maxConcurrency calls at once on one runner
   */
  public int runners(int maxConcurrency) {
    Map<String, Long> calls = new HashMap<>();
    live.forEach(caller -> calls.merge(caller.codeVersion(), caller.calls(), Long::sum));
    long sum = 0;
    for (long n : calls.values()) {
      sum += (n + maxConcurrency - 1) / maxConcurrency;
    }
    return (int) Math.min(Integer.MAX_VALUE, sum);
  }

  /** The demand of each code version that a live caller has. */
  public SortedMap<String, Demand> byVersion() {
    SortedMap<String, List<CallerDemand>> versions = new TreeMap<>();
    for (CallerDemand caller : live) {
      versions.computeIfAbsent(caller.codeVersion(), version -> new ArrayList<>()).add(caller);
    }
    SortedMap<String, Demand> demand = new TreeMap<>();
    versions.forEach(
        (version, callers) -> demand.put(version, new Demand(List.copyOf(callers), List.of())));
    return demand;
  }

  /** The callers that had calls after an instant. */
  public Demand calledAfter(Instant instant) {
    return new Demand(
        live.stream().filter(caller -> caller.called().isAfter(instant)).toList(), List.of());
  }

  /** The callers that had calls when they were last heard. */
  public Demand busy() {
    return new Demand(
        live.stream().filter(caller -> caller.called().equals(caller.changed())).toList(),
        List.of());
  }

  /** When one of the callers was last heard; empty without callers. */
  public Optional<Instant> lastChange() {
    return live.stream().map(CallerDemand::changed).max(Instant::compareTo);
  }

  /** The callers that had calls at an instant or before, and none since. */
  public Demand calledUntil(Instant instant) {
    return new Demand(
        live.stream().filter(caller -> !caller.called().isAfter(instant)).toList(), List.of());
  }

  /** Calls running and waiting. */
  public int calls() {
    return (int) Math.min(Integer.MAX_VALUE, live.stream().mapToLong(CallerDemand::calls).sum());
  }

  /** Calls that no ready runner could take. */
  public int queued() {
    return (int) Math.min(Integer.MAX_VALUE, live.stream().mapToLong(CallerDemand::queued).sum());
  }

  /** Whether any caller has calls. */
  public boolean any() {
    return live.stream().anyMatch(caller -> caller.calls() > 0);
  }

  /** Whether a caller that needs slots has had no call since an instant, as far as is known. */
  public boolean anyCalledUntil(Instant instant) {
    return live.stream()
        .anyMatch(caller -> caller.calls() > 0 && !caller.called().isAfter(instant));
  }

  /** When the next caller expires unless it is heard again. */
  public Optional<Instant> nextExpiry() {
    return live.stream()
        .map(caller -> caller.changed().plus(LiveCallers.EXPIRY))
        .min(Instant::compareTo);
  }
}
