package dev.flamepool.caller;

import dev.flamepool.PoolState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Why no runner had room for a call in time, with the remedy that fits. Pure. */
final class Shortage {
  private static final int LOG_LINES = 20;

  /** The first that is not true says most. */
  private static final List<String> CONDITIONS =
      List.of("BackendReady", "BootHealthy", "CapacityAvailable", "Ready");

  private Shortage() {}

  /**
   * Says it, in whole sentences.
   *
   * @param namespace of the pool
   * @param codeVersion of this process
   * @param troubles of runners in the endpoints, a line each
   */
  static String why(String namespace, PoolView view, String codeVersion, String troubles) {
    if (view.presence() != PoolView.Presence.PRESENT) {
      return "Nothing was heard of the pool yet.";
    }
    int ready = Verdict.ready(view, codeVersion).size();
    if (ready > 0) {
      return ready <= troubles.lines().filter(line -> !line.isBlank()).count()
          ? "No call gets through to those that are ready."
          : "Those that are ready were busy: raise spec.max or spec.maxConcurrency, or give the"
              + " call more time.";
    }
    Optional<PoolState.Condition> missing = missing(view);
    if (missing.isPresent()) {
      PoolState.Condition condition = missing.get();
      boolean boots = condition.type().equals("BootHealthy");
      return "None is ready: " + told(condition) + (boots ? lastFailure(view) : "");
    }
    if (view.booting() > 0) {
      return "None is ready, "
          + view.booting()
          + " boot: raise spec.bootTimeout, or give the call more time.";
    }
    return view.desired() > 0
        ? "None is ready."
        : "None is wanted yet: does the operator run, and does it serve namespace "
            + namespace
            + "?";
  }

  private static Optional<PoolState.Condition> missing(PoolView view) {
    return CONDITIONS.stream()
        .flatMap(type -> view.conditions().stream().filter(c -> c.type().equals(type)))
        .filter(condition -> !condition.status().equals("True"))
        .findFirst();
  }

  /** A condition that is not true, in the operator's words. */
  static String told(PoolState.Condition condition) {
    return condition.type()
        + "="
        + condition.status()
        + ", "
        + condition.reason()
        + (condition.message().isEmpty() ? "" : ": " + condition.message());
  }

  /** The last of the pool's failures and what its process wrote last, a line each. */
  static String lastFailure(PoolView view) {
    if (view.failures().isEmpty()) {
      return "";
    }
    PoolState.Failure last = view.failures().get(view.failures().size() - 1);
    StringBuilder text =
        new StringBuilder("\nLast failure: ")
            .append(last.runner())
            .append(": ")
            .append(last.reason())
            .append(last.message().isEmpty() ? "" : ": " + last.message());
    Stream<String> log = last.log().stream().skip(Math.max(0, last.log().size() - LOG_LINES));
    log.forEach(line -> text.append("\n  | ").append(line));
    return text.toString();
  }
}
