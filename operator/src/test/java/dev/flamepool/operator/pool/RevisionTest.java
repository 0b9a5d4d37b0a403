package dev.flamepool.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionTest {
  private static final BackendResolution LOCAL =
      new BackendResolution(
          new Backends(List.of(new ScriptedBackend(new ScriptedCloud(new ManualClock())))));
  private static final BackendResolution NONE = new BackendResolution(new Backends(List.of()));

  private static FlamePoolSpec spec(String yaml) {
    return Serialization.unmarshal("spec: " + yaml, FlamePool.class).getSpec();
  }

  private static Optional<FlameBackend> shared(String name) {
    if (name.equals("refused")) {
      return Optional.of(
          Serialization.unmarshal(
              """
              metadata: {name: refused, generation: 2}
              spec: {local: {}}
              status:
                observedGeneration: 2
                conditions:
                - {type: Ready, status: "False", reason: CredentialsRefused, message: the token was revoked}
              """,
              FlameBackend.class));
    }
    if (!name.equals("shared")) {
      return Optional.empty();
    }
    return Optional.of(
        Serialization.unmarshal(
            "spec: {local: {classPath: below, directory: /d}, env: [{name: A, value: below}, {name:"
                + " B, value: below}]}",
            FlameBackend.class));
  }

  private static String name(String yaml) {
    FlamePoolSpec spec = spec(yaml);
    Candidate candidate = LOCAL.resolve("ns", spec, RevisionTest::shared).candidates().get(0);
    return Revision.of(spec, candidate, EffectiveValues.of(spec, candidate.entry().kind())).name();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{env: [{name: A, value: '1'}]}",
        "{runner: {port: 7601}}",
        "{maxConcurrency: 5}",
        "{singleUse: true}",
        "{shutdownTimeout: 31s}",
        "{orphanAfter: 6m}",
        "{maxLifetime: never}",
        "{backends: [{name: local, local: {classPath: x}}]}"
      })
  void whatAMachineIsMadeFromChangesIt(String yaml) {
    assertThat(name(yaml)).isNotEqualTo(name("{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{min: 1, max: 7, suspend: true, timeout: 3s, bootTimeout: 9s, drainTimeout: 1s}",
        "{idleShutdownAfter: 1s, minIdleShutdownAfter: 2s, log: debug, trackResources: true}",
        "{shutdownTimeout: 30000ms, orphanAfter: 4m60s, maxConcurrency: 100}",
        "{backends: [{name: local, local: {}}, {name: other, local: {classPath: y}}]}"
      })
  void whatTravelsWithCallsOrIsSpelledDifferentlyDoesNot(String yaml) {
    assertThat(name(yaml)).isEqualTo(name("{}"));
  }

  @Test
  void whatAPoolGivesInlineWinsOverItsFlameBackend() {
    FlamePoolSpec spec =
        spec(
            "{env: [{name: B, value: own}], backends: [{name: x, ref: shared, local: {classPath:"
                + " own}}]}");
    Candidate candidate = LOCAL.resolve("ns", spec, RevisionTest::shared).candidates().get(0);
    assertThat(candidate.entry().local().classPath()).isEqualTo("own");
    assertThat(candidate.entry().local().directory()).isEqualTo("/d");
    assertThat(candidate.entry().ref()).isNull();
    assertThat(candidate.env())
        .extracting(variable -> variable.name() + "=" + variable.value())
        .containsExactly("A=below", "B=own");
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(problem(NONE, "{}")).isEqualTo("NoBackend");
    assertThat(problem(NONE, "{backends: [{name: l, local: {}}]}")).isEqualTo("LocalNotAllowed");
    assertThat(problem(LOCAL, "{backends: [{name: f, fly: {}}]}")).isEqualTo("BackendNotSupported");
    assertThat(problem(LOCAL, "{backends: [{name: x, ref: absent}]}")).isEqualTo("BackendNotFound");
    assertThat(problem(LOCAL, "{backends: [{name: x, ref: shared, fly: {}}]}"))
        .isEqualTo("KindMismatch");
  }

  @Test
  void aRefusedFlameBackendIsPassedOverUnlessItsFieldsAreOverruled() {
    assertThat(problem(LOCAL, "{backends: [{name: x, ref: refused}]}"))
        .isEqualTo("CredentialsRefused");
    Resolution next =
        LOCAL.resolve(
            "ns",
            spec("{backends: [{name: x, ref: refused}, {name: y, ref: shared}]}"),
            RevisionTest::shared);
    assertThat(next.candidates()).extracting(c -> c.entry().name()).containsExactly("y");
    assertThat(next.unresolved()).containsExactly("x");
    assertThat(next.problem().orElseThrow().message())
        .contains("FlameBackend 'refused'", "the token was revoked");
    Resolution own =
        LOCAL.resolve(
            "ns",
            spec("{backends: [{name: x, ref: refused, local: {classPath: own}}]}"),
            RevisionTest::shared);
    assertThat(own.candidates()).hasSize(1);
  }

  private static String problem(BackendResolution resolution, String yaml) {
    Resolution resolved = resolution.resolve("ns", spec(yaml), RevisionTest::shared);
    assertThat(resolved.candidates()).isEmpty();
    return resolved.problem().orElseThrow().reason();
  }
}
