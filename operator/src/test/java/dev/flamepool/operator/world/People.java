package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What users, and the applications that call, do in a namespace of their own. */
abstract class People {
  /** Where everything happens. */
  public final String namespace = Cluster.namespace();

  /** Moves only when told. */
  public final ManualClock clock = new ManualClock(Instant.now());

  final KubernetesClient client = Cluster.shared();

  /** A client of the cluster; its requests are crash points while the operator works. */
  public KubernetesClient client() {
    return client;
  }

  /** Creates a pool from its spec in YAML. */
  public void pool(String name, String spec) {
    FlamePool pool =
        Serialization.unmarshal(
            "apiVersion: flamepool.dev/v1alpha1\nkind: FlamePool\nmetadata: {name: "
                + name
                + "}\nspec:\n"
                + spec.indent(2),
            FlamePool.class);
    pool.getMetadata().setNamespace(namespace);
    client.resource(pool).create();
  }

  /** Merges into a pool's spec. */
  public void edit(String name, String spec) {
    client
        .resources(FlamePool.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":" + spec + "}");
  }

  /** Deletes a pool, which waits for its finalizer. */
  public void delete(String name) {
    client.resources(FlamePool.class).inNamespace(namespace).withName(name).delete();
  }

  /** Somebody annotates a runner, so that it is let go whatever its cloud says. */
  public void abandon(String runner, String why) {
    client
        .resources(FlameRunner.class)
        .inNamespace(namespace)
        .withName(runner)
        .edit(
            now -> {
              now.getMetadata().setAnnotations(new TreeMap<>(Map.of(Names.ABANDON_MACHINE, why)));
              return now;
            });
  }

  /** A caller says what it needs. */
  public void demand(String caller, String pool, int inFlight, int queued) {
    demand(caller, pool, "code-1", inFlight, queued);
  }

  /** A caller that has had no call for so long says what it needed on average before. */
  public void lastWords(String caller, String pool, int inFlight, Duration idle) {
    demand(caller, pool, "code-1", inFlight, 0, (int) idle.toSeconds());
  }

  /** A caller with a code version of its own says what it needs. */
  public void demand(String caller, String pool, String version, int inFlight, int queued) {
    demand(caller, pool, version, inFlight, queued, 0);
  }

  private void demand(
      String caller, String pool, String version, int inFlight, int queued, int idleSeconds) {
    FlameCaller object = new FlameCaller();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(caller)
            .withNamespace(namespace)
            .addToLabels(Names.POOL_LABEL, pool)
            .build());
    object.setSpec(
        new FlameCallerSpec(
            pool, inFlight, queued, idleSeconds, version, 1, clock.instant().toString()));
    if (client.resource(object).get() == null) {
      client.resource(object).create();
    } else {
      client.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), Json.text(object));
    }
  }

  /** A caller is gone, and its object with it. */
  public void leave(String caller) {
    client.resources(FlameCaller.class).inNamespace(namespace).withName(caller).delete();
  }

  /** A Secret in the pools' namespace. */
  public void secret(String name, String key, String value) {
    secret(name, Map.of(key, value));
  }

  /** A Secret in the pools' namespace. */
  public void secret(String name, Map<String, String> values) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withData(encoded(values))
                .build())
        .create();
  }

  private static Map<String, String> encoded(Map<String, String> values) {
    Map<String, String> encoded = new TreeMap<>();
    values.forEach(
        (key, value) ->
            encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
    return encoded;
  }
}
