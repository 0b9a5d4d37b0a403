package dev.flamepool.operator.shared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.ScriptedBackend;
import dev.flamepool.operator.backend.ScriptedCloud;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedBackendReconcilerTest {
  private final String namespace = Cluster.namespace();
  private final KubernetesClient client = Cluster.shared();
  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final SharedBackendReconciler reconciler =
      new SharedBackendReconciler(
          new ClusterApi(client),
          new Backends(List.of(new ScriptedBackend(cloud))),
          new AccountPasses<>(Places.INLINE, (backend, time) -> {}, clock),
          clock);

  private FlameBackend created(String spec) {
    FlameBackend shared = Serialization.unmarshal("spec: " + spec, FlameBackend.class);
    shared.setMetadata(new ObjectMetaBuilder().withName("b").withNamespace(namespace).build());
    return client.resource(shared).create();
  }

  private Condition ready() {
    FlameBackend shared =
        client.resources(FlameBackend.class).inNamespace(namespace).withName("b").get();
    Duration again = reconciler.reconcile(shared);
    assertThat(again).isPositive();
    return client.resource(shared).get().getStatus().conditions().get(0);
  }

  private void assertReady(String status, String reason, String words) {
    Condition ready = ready();
    assertThat(ready.getType()).isEqualTo("Ready");
    assertThat(ready.getStatus() + "/" + ready.getReason()).isEqualTo(status + "/" + reason);
    assertThat(ready.getMessage()).contains(words);
  }

  @Test
  void theCloudIsAskedOnceAndAgainAfterAWhile() {
    created("{local: {}}");
    assertReady("True", "Accepted", "accepted");
    assertReady("True", "Accepted", "accepted");
    assertThat(cloud.checks()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(10));
    cloud.check(new BackendException(Kind.CREDENTIALS, "the token was revoked"));
    assertReady("False", "CredentialsRefused", "the token was revoked");
    clock.advance(Duration.ofSeconds(29));
    cloud.check(null);
    assertReady("False", "CredentialsRefused", "the token was revoked");
    clock.advance(Duration.ofSeconds(1));
    assertReady("True", "Accepted", "accepted");
    assertThat(cloud.checks()).isEqualTo(3);
  }

  @Test
  void aChangeOfTheSpecIsJudgedAtOnce() {
    cloud.verdict("local.mainClass: is missing; give it");
    FlameBackend shared = created("{local: {}}");
    assertReady("False", "InvalidConfiguration", "local.mainClass");
    assertThat(cloud.checks()).isZero();
    cloud.verdict(null);
    shared = client.resource(shared).get();
    shared.setSpec(
        Serialization.unmarshal("spec: {local: {mainClass: a.B}}", FlameBackend.class).getSpec());
    client.resource(shared).update();
    assertReady("True", "Accepted", "accepted");
  }

  @Test
  void aCloudThatDoesNotAnswerRefusesNothing() {
    created("{local: {}}");
    cloud.check(new BackendException(Kind.AMBIGUOUS, "no answer within 5 s"));
    assertReady("Unknown", "NotAnswered", "no answer within 5 s");
  }

  @Test
  void aKindThatIsNotServedIsNamed() {
    created("{fly: {app: a, image: i}}");
    assertReady("False", "NotSupported", "spec.fly");
  }
}
