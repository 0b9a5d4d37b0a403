package dev.flamepool.operator.shared;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameBackendSpec;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.validation.References;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out whether a FlameBackend can be used, by asking its cloud once instead of once per
 * runner.
 */
final class Readiness {
  /** What is known. */
  enum State {
    READY,
    NOT_READY,
    /** The cloud could not be asked now: nothing is wrong as far as anybody knows. */
    UNKNOWN
  }

  /** With a stable reason and words for people. */
  record Verdict(State state, String reason, String message) {}

  private final Backends backends;

  Readiness(Backends backends) {
    this.backends = backends;
  }

  /** What is wrong as far as that can be told without asking anybody. */
  Optional<Verdict> refusal(FlameBackend shared) {
    FlameBackendSpec spec = shared.getSpec();
    if (spec == null || spec.kind() == null) {
      return Optional.of(
          refused("InvalidConfiguration", "spec: give exactly one of fly, ec2, pod, local"));
    }
    Optional<RunnerBackend> backend = backends.of(spec.kind());
    if (backend.isEmpty()) {
      return Optional.of(
          refused(
              "NotSupported",
              "spec.%s: %s".formatted(spec.kind().field(), Backends.unserved(spec.kind()))));
    }
    BackendEntry entry = tenant(shared).entry();
    return Stream.concat(
            References.check("spec", entry).stream(),
            References.check("spec.env", spec.env()).stream())
        .findFirst()
        .or(() -> backend.get().validate(entry))
        .map(wrong -> refused("InvalidConfiguration", wrong));
  }

  /** Whose cloud is asked about one without a {@link #refusal}. */
  Places.Account account(FlameBackend shared) {
    return backend(shared).account(tenant(shared));
  }

  /** What the cloud says of one without a {@link #refusal}. */
  Verdict asked(FlameBackend shared) {
    Optional<Verdict> refusal = refusal(shared); // it may have changed since
    if (refusal.isPresent()) {
      return refusal.get();
    }
    try {
      backend(shared).check(tenant(shared));
      return new Verdict(State.READY, "Accepted", "configuration and credentials were accepted");
    } catch (BackendException e) {
      return e.kind() == Kind.CREDENTIALS
          ? refused("CredentialsRefused", e.getMessage())
          : e.kind() == Kind.CONFIGURATION
              ? refused("InvalidConfiguration", e.getMessage())
              : new Verdict(State.UNKNOWN, "NotAnswered", e.getMessage());
    }
  }

  private RunnerBackend backend(FlameBackend shared) {
    return backends.of(shared.getSpec().kind()).orElseThrow();
  }

  private static Tenant tenant(FlameBackend shared) {
    FlameBackendSpec spec = shared.getSpec();
    return new Tenant(
        shared.getMetadata().getNamespace(),
        new BackendEntry(
            shared.getMetadata().getName(),
            null,
            spec.fly(),
            spec.ec2(),
            spec.pod(),
            spec.local()));
  }

  private static Verdict refused(String reason, String message) {
    return new Verdict(State.NOT_READY, reason, message);
  }
}
