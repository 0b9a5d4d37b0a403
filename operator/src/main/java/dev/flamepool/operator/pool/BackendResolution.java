package dev.flamepool.operator.pool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.ConditionTypes;
import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameBackendSpec;
import dev.flamepool.api.FlameBackendStatus;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.LocalBackend;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.Conditions;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.validation.References;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where a pool's runners come from: its own entries, FlameBackends they refer to, else
 * the FlameBackend named {@code default}, else {@code local} where it is allowed.
 */
final class BackendResolution {
  private final Backends backends;

  BackendResolution(Backends backends) {
    this.backends = backends;
  }

  /**
   * Resolves.
   *
   * @param namespace of the pool
   * @param shared looks up a FlameBackend of the pool's namespace by name
   */
  Resolution resolve(
      String namespace, FlamePoolSpec spec, Function<String, Optional<FlameBackend>> shared) {
    List<BackendEntry> entries =
        spec.backends() == null || spec.backends().isEmpty() ? byDefault(shared) : spec.backends();
    if (entries.isEmpty()) {
      return new Resolution(
          List.of(),
          Set.of(),
          Optional.of(
              new Problem(
                  "NoBackend",
                  "the pool names no backend: give spec.backends, create a FlameBackend named"
                      + " 'default', or start the operator with --allow-local")));
    }
    List<Candidate> candidates = new ArrayList<>();
    Set<String> unresolved = new HashSet<>();
    Optional<Problem> first = Optional.empty();
    for (BackendEntry entry : entries) {
      Optional<FlameBackend> named =
          entry.ref() == null ? Optional.empty() : shared.apply(entry.ref());
      Optional<FlameBackendSpec> base = named.map(FlameBackend::getSpec);
      Optional<Problem> problem =
          problem(entry, base).or(() -> named.flatMap(backend -> unready(entry, backend)));
      if (problem.isEmpty()) {
        Candidate candidate = merge(entry, base, spec.env());
        problem = nameless(candidate).or(() -> unserved(candidate.entry()));
        if (problem.isEmpty()) {
          problem = fillIn(namespace, candidate, candidates);
        }
      }
      problem.ifPresent(wrong -> unresolved.add(entry.name()));
      first = first.isPresent() ? first : problem;
    }
    return new Resolution(List.copyOf(candidates), Set.copyOf(unresolved), first);
  }

  private List<BackendEntry> byDefault(Function<String, Optional<FlameBackend>> shared) {
    if (shared.apply(Names.DEFAULT_BACKEND).isPresent()) {
      return List.of(
          new BackendEntry(Names.DEFAULT_BACKEND, Names.DEFAULT_BACKEND, null, null, null, null));
    }
    if (backends.of(BackendKind.LOCAL).isPresent()) {
      LocalBackend local = new LocalBackend(null, null, null, null, null);
      return List.of(new BackendEntry(BackendKind.LOCAL.field(), null, null, null, null, local));
    }
    return List.of();
  }

  private static Optional<Problem> problem(BackendEntry entry, Optional<FlameBackendSpec> base) {
    if (entry.ref() == null) {
      return Optional.empty();
    }
    if (base.isEmpty()) {
      return Optional.of(
          new Problem(
              "BackendNotFound",
              "spec.backends["
                  + entry.name()
                  + "].ref: there is no FlameBackend '"
                  + entry.ref()
                  + "' in the pool's namespace; create it or change ref"));
    }
    if (entry.kind() != null && entry.kind() != base.get().kind()) {
      return Optional.of(
          new Problem(
              "KindMismatch",
              "spec.backends["
                  + entry.name()
                  + "] gives "
                  + entry.kind().field()
                  + ", but FlameBackend '"
                  + entry.ref()
                  + "' is "
                  + word(base.get().kind())
                  + "; give the same kind"));
    }
    return Optional.empty();
  }

  /** One that the entry does not change is judged once for all its pools. */
  private static Optional<Problem> unready(BackendEntry entry, FlameBackend named) {
    FlameBackendStatus status = named.getStatus();
    if (entry.kind() != null
        || status == null
        || status.conditions() == null
        || !named.getMetadata().getGeneration().equals(status.observedGeneration())) {
      return Optional.empty();
    }
    return Conditions.find(status.conditions(), ConditionTypes.READY)
        .filter(ready -> "False".equals(ready.getStatus()))
        .filter(ready -> named.getMetadata().getDeletionTimestamp() == null)
        .map(
            ready ->
                new Problem(
                    ready.getReason(),
                    "FlameBackend '%s': %s"
                        .formatted(named.getMetadata().getName(), ready.getMessage())));
  }

  /** What a FlameBackend gives was not looked at with the pool. */
  private static Optional<Problem> nameless(Candidate candidate) {
    String at = "spec.backends[" + candidate.entry().name() + "]";
    return Stream.concat(
            References.check(at, candidate.entry()).stream(),
            References.check(at + ".env", candidate.env()).stream())
        .findFirst()
        .map(wrong -> new Problem("InvalidConfiguration", wrong));
  }

  private Optional<Problem> unserved(BackendEntry entry) {
    Optional<RunnerBackend> backend = backends.of(entry.kind());
    if (backend.isEmpty()) {
      return Optional.of(
          new Problem(
              entry.kind() == BackendKind.LOCAL ? "LocalNotAllowed" : "BackendNotSupported",
              "spec.backends[" + entry.name() + "]: " + Backends.unserved(entry.kind())));
    }
    return backend.get().validate(entry).map(wrong -> new Problem("InvalidConfiguration", wrong));
  }

  private Optional<Problem> fillIn(String namespace, Candidate given, List<Candidate> candidates) {
    try {
      RunnerBackend backend = backends.of(given.entry().kind()).orElseThrow();
      candidates.add(new Candidate(backend.resolve(namespace, given.entry()), given.env()));
      return Optional.empty();
    } catch (BackendException e) {
      return Optional.of(
          new Problem(
              e.kind() == BackendException.Kind.CREDENTIALS
                  ? EndReason.CredentialsRefused.name()
                  : EndReason.InvalidConfiguration.name(),
              e.getMessage()));
    }
  }

  private static Candidate merge(
      BackendEntry entry, Optional<FlameBackendSpec> base, @Nullable List<EnvVar> own) {
    ObjectNode merged = Json.object();
    base.ifPresent(
        spec -> {
          ObjectNode shared = (ObjectNode) Json.tree(spec);
          shared.remove("env");
          merged.setAll(shared);
        });
    ObjectNode inline = (ObjectNode) Json.tree(entry);
    inline.remove("ref");
    inline
        .properties()
        .forEach(
            field -> {
              JsonNode below = merged.get(field.getKey());
              if (below != null && below.isObject()) {
                ((ObjectNode) below).setAll((ObjectNode) field.getValue());
              } else {
                merged.set(field.getKey(), field.getValue());
              }
            });
    return new Candidate(
        Json.value(merged, BackendEntry.class),
        environment(base.map(FlameBackendSpec::env).orElse(null), own));
  }

  private static List<EnvVar> environment(
      @Nullable List<EnvVar> shared, @Nullable List<EnvVar> own) {
    Map<String, EnvVar> byName = new LinkedHashMap<>();
    if (shared != null) {
      shared.forEach(variable -> byName.put(variable.name(), variable));
    }
    if (own != null) {
      own.forEach(variable -> byName.put(variable.name(), variable));
    }
    return List.copyOf(byName.values());
  }

  private static String word(@Nullable BackendKind kind) {
    return kind == null ? "of no kind" : kind.field();
  }
}
