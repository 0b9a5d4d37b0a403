package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlamePool;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bad input is answered with the field and the remedy: by the server where it can, else by the
 * operator.
 */
@ResourceLock(value = RealClusterTest.SCHEMA, mode = ResourceAccessMode.READ)
@Tag("minicluster")
class BadInputTest extends Scenario {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{min: 3, max: 1} | spec.min | raise max",
        "{singleUse: true, maxConcurrency: 2} | maxConcurrency | set it to 1",
        "{backends: [{name: a, local: {}, pod: {runnerFrom: {deployment: d}}}]} | backends | only one of",
        "{env: [{name: FLAME_PARENT, value: x}]} | env | remove",
      })
  void aRuleIsToldByTheServerOrByACondition(String spec, String field, String remedy) {
    if (cluster.isReal()) {
      assertThatThrownBy(() -> applyPool("bad", spec))
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining(field)
          .hasMessageContaining(remedy);
    } else {
      startOperator();
      applyPool("bad", spec);
      await("the operator's verdict", () -> readyCondition("bad") != null);
      Condition ready = readyCondition("bad");
      assertThat(ready.getStatus()).isEqualTo("False");
      assertThat(ready.getReason()).isEqualTo("InvalidSpec");
      assertThat(ready.getMessage()).contains(field).contains(remedy);
      assertThat(runners()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{timeout: '30 s'} | spec.timeout",
        "{max: 1000} | spec.max",
        "{backends: [{name: 'Not A Label', local: {}}]} | spec.backends[0].name",
        "{log: loud} | spec.log",
      })
  void aMalformedValueIsRefusedByTheServerAndNamesItsField(String spec, String field) {
    assertThatThrownBy(() -> createStrictly("bad", spec))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(field);
  }

  @Test
  void servicesChecksInitAndMetadataOfFlyPassAsTheyAre() {
    String fly =
        """
        {app: thumbs, image: 'registry.fly.io/thumbs:v7', gpuKind: a100-40gb,
         services: [
           {protocol: tcp, internal_port: 8080},
           {protocol: tcp, internal_port: 9000, autostop: suspend, autostart: true,
            concurrency: {type: requests, soft_limit: 20, hard_limit: 25},
            ports: [{port: 443, handlers: [tls, http]}, {start_port: 7000, end_port: 7010}],
            checks: [{type: http, path: /ready, headers: [{name: X, values: ['1', '2']}]}]}],
         checks: {alive: {type: tcp, port: 7600, interval: 15s},
                  deep: {type: http, port: 80, path: /, headers: [{name: A, values: [b]}]}},
         init: {cmd: [java, '-cp', 'a b'], swapSizeMb: 512, tty: false},
         metadata: {team: 'a&b <c>'}, tokenSecretRef: {name: fly, key: token}}
        """;
    GenericKubernetesResource sent =
        createStrictly("free", "{backends: [{name: fra, fly: " + fly.replace("\n", " ") + "}]}");
    GenericKubernetesResource read =
        client
            .genericKubernetesResources("flamepool.dev/v1alpha1", "FlamePool")
            .inNamespace(namespace)
            .withName("free")
            .get();
    assertThat(read.<Object>get("spec", "backends"))
        .isEqualTo(sent.<Object>get("spec", "backends"));
  }

  @Test
  void anUnknownFieldIsRefusedWhereTheClientAsksForStrictness() {
    assertThatThrownBy(() -> createStrictly("bad", "{maxRunners: 3}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("unknown field \"spec.maxRunners\"");
  }

  @Test
  void anUnknownPoolAndAnUnserializableCaptureAreTheCallersErrors() throws Exception {
    startOperator();
    applyPool("work", local("min: 0, max: 1, idleShutdownAfter: 2s"));
    JavaProcess lost = startApp("lost", "no-such-pool");
    lost.say("call a 1");
    assertThat(outcome(lost, "a"))
        .contains("PoolNotFoundException")
        .contains("no-such-pool")
        .contains(namespace);

    JavaProcess app = startApp("app", "work");
    app.say("capture b");
    assertThat(outcome(app, "b"))
        .contains("CallNotSerializableException")
        .contains("TestApp")
        .contains("java.lang.Thread");
    assertThat(runners()).isEmpty();
  }

  /** What was sent. */
  private GenericKubernetesResource createStrictly(String name, String spec) {
    GenericKubernetesResource pool =
        Serialization.unmarshal(
            "apiVersion: flamepool.dev/v1alpha1\nkind: FlamePool\nmetadata: {name: "
                + name
                + "}\nspec: "
                + spec,
            GenericKubernetesResource.class);
    client
        .resource(pool)
        .inNamespace(namespace)
        .fieldValidation(io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation.STRICT)
        .create();
    return pool;
  }

  private Condition readyCondition(String name) {
    FlamePool pool = pool(name);
    if (pool == null || pool.getStatus() == null || pool.getStatus().conditions() == null) {
      return null;
    }
    return pool.getStatus().conditions().stream()
        .filter(c -> c.getType().equals("Ready"))
        .findFirst()
        .orElse(null);
  }
}
