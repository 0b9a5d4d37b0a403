package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendKind;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The backends that this operator serves, by kind. Immutable. */
public final class Backends {
  private final Map<BackendKind, RunnerBackend> byKind = new EnumMap<>(BackendKind.class);

  /** At most one backend of a kind. */
  public Backends(Collection<? extends RunnerBackend> backends) {
    backends.forEach(backend -> byKind.put(backend.kind(), backend));
  }

  /** The backend of a kind; empty when this operator does not serve it. */
  public Optional<RunnerBackend> of(BackendKind kind) {
    return Optional.ofNullable(byKind.get(kind));
  }

  /** Why a kind is not served, and what to do about it: for people. */
  public static String unserved(BackendKind kind) {
    return switch (kind) {
      case LOCAL ->
          "local runners are processes on the operator's host; start the operator with"
              + " --allow-local to allow them";
      case POD ->
          "the operator was started with --no-pods and may have no right on Pods; start it without"
              + " (in the chart: pods.enabled), or name another backend";
      default -> "this operator does not serve " + kind.field() + "; update it";
    };
  }

  /** All of them. */
  public Collection<RunnerBackend> all() {
    return java.util.Collections.unmodifiableCollection(byKind.values());
  }
}
