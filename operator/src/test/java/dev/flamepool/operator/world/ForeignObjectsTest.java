package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.Names;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever may create objects in a pool's namespace writes what the operator is about to write, in
 * the hope that it acts on that. It acts on what it made itself, and says what is in its way.
 */
class ForeignObjectsTest {
  private static final String POOL =
      "{min: 1, max: 3, env: [{name: A, valueFrom: {secretKeyRef: {name: later, key: a}}}]}";
  private static final String EVIL = "EVIL";

  private final World world = new World(5);

  /** Secrets are refused in these words. */
  private record NoSecrets(String words) implements World.Trouble {
    @Override
    public int before(String method, String path) {
      return method.equals("POST") && path.endsWith("/secrets") ? 403 : RequestHook.PASS;
    }
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static OwnerReference owner(HasMetadata object) {
    return new OwnerReferenceBuilder()
        .withApiVersion(object.getApiVersion())
        .withKind(object.getKind())
        .withName(object.getMetadata().getName())
        .withUid(object.getMetadata().getUid())
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private String bootSecretOf(String runner) {
    return Names.bootSecret(runner, world.runner(runner).getMetadata().getUid(), 1);
  }

  private Secret bootSecret(String name, OwnerReference owner, Map<String, String> annotations) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(world.namespace)
            .withAnnotations(annotations)
            .withOwnerReferences(owner)
            .endMetadata()
            .withImmutable(true)
            .addToData("env.json", base64("{\"FLAME_PARENT\":\"x\",\"" + EVIL + "\":\"1\"}"))
            .addToData(
                "request.json",
                base64(
                    "{\"token\":\"t\",\"offering\":\"\",\"entry\":{\"name\":\"local\",\"local\":"
                        + "{\"command\":[\"evil\"]}}}"))
            .build();
    return world.client().resource(secret).create();
  }

  private List<String> environments() {
    return world.cloud.made().stream()
        .map(LaunchAttempt::boot)
        .map(boot -> new String(boot.files().get(Boot.ENV_FILE), UTF_8))
        .toList();
  }

  @Test
  void aBootSecretThatIsThereBeforeTheOperatorsIsNoneOfIts() {
    world.pool("p", POOL);
    world.settle();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretMissing");
    Secret foreign = bootSecret(bootSecretOf("p-0"), owner(world.runner("p-0")), Map.of());
    world.secret("later", "a", "own");

    world.pass(Duration.ofSeconds(10));
    assertThat(world.cloud.made()).isEmpty();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretConflict");
    assertThat(world.condition("p", "Ready")).isEqualTo("False/SecretConflict");
    assertThat(world.runner("p-0").getStatus().message())
        .contains(bootSecretOf("p-0"), "delete or rename it");
    assertThat(world.secrets()).as("left alone").contains(bootSecretOf("p-0"));

    world.client().resource(foreign).delete();
    world.soon("it boots", Duration.ofSeconds(10), () -> world.endpoints("p").size() == 1);
    assertThat(environments()).singleElement().asString().contains("own").doesNotContain(EVIL);
    assertThat(world.cloud.made().get(0).entry().local().command()).isNull();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("True/Accepted");
  }

  @Test
  void aSealIsGoodForOneRunnerOneAttemptAndItsContentOnly() {
    world.secret("later", "a", "own");
    world.pool("p", POOL);
    world.settle();
    Map<String, String> sealed =
        world
            .client()
            .secrets()
            .inNamespace(world.namespace)
            .withName(bootSecretOf("p-0"))
            .get()
            .getMetadata()
            .getAnnotations();
    world.client().secrets().inNamespace(world.namespace).withName("later").delete();
    world.edit("p", "{\"min\":2}");
    world.settle();
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretMissing");
    bootSecret(bootSecretOf("p-1"), owner(world.runner("p-1")), sealed);
    world.secret("later", "a", "own");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretConflict");
    assertThat(environments()).noneMatch(env -> env.contains(EVIL));
    assertThat(world.endpoints("p")).as("what runs goes on").containsExactly("p-0");
  }

  @Test
  void whatAnEarlierRunnerOfThatNameLeftIsInNobodysWay() {
    world.pool("p", POOL);
    world.settle();
    OwnerReference earlier = owner(world.runner("p-0"));
    earlier.setUid("00000000-dead-0000-0000-000000000000");
    bootSecret(Names.bootSecret("p-0", earlier.getUid(), 1), earlier, Map.of());
    world.secret("later", "a", "own");
    world.soon("it boots", Duration.ofSeconds(10), () -> world.endpoints("p").size() == 1);
    assertThat(environments()).singleElement().asString().doesNotContain(EVIL);
  }

  @Test
  void aRunnerThatTheOperatorDidNotCreateGetsNoMachine() {
    world.pool("p", "{max: 3}");
    world.demand("c", "p", 0, 1);
    world.settle();
    FlameRunner genuine = world.runner("p-0");
    FlameRunner forged = Json.value(Json.tree(genuine), FlameRunner.class);
    FlameRunnerSpec spec = genuine.getSpec();
    forged.setMetadata(
        new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
            .withName("p-2")
            .withNamespace(world.namespace)
            .withAnnotations(genuine.getMetadata().getAnnotations())
            .withFinalizers(Names.MACHINE_FINALIZER)
            .build());
    forged.setSpec(
        new FlameRunnerSpec(
            spec.pool(),
            spec.poolUid(),
            2,
            spec.revision(),
            spec.maxConcurrency(),
            spec.singleUse(),
            spec.shutdownTimeout(),
            spec.orphanAfter(),
            spec.maxLifetime(),
            List.of(new dev.flamepool.api.EnvVar(EVIL, "1", null)),
            spec.runner(),
            spec.backend()));
    forged.setStatus(null);
    world.client().resource(forged).create();
    world.pass(Duration.ofSeconds(5));
    assertThat(world.cloud.made()).hasSize(1);
    assertThat(world.runner("p-2")).as("its name is free again").isNull();
    assertThat(world.events("RunnerEnded")).singleElement().asString().contains("p-2: NotSealed");
    assertThat(world.condition("p", "BootHealthy")).isEqualTo("True/Healthy");
    assertThat(world.endpoints("p")).containsExactly("p-0");
  }

  /** Of Secrets, say: the boot Secret is one. */
  @Test
  void aQuotaOnSecretsAndACodeVersionThatIsTooLongAreConditions() {
    world.with(
        new NoSecrets("secrets \"x\" is forbidden: exceeded quota: few, limited: count/secrets=1"));
    world.secret("later", "a", "own");
    world.pool("p", POOL);
    world.pass(Duration.ofSeconds(5));
    assertThat(world.condition("p", "CapacityAvailable")).isEqualTo("False/QuotaExceeded");
    assertThat(world.runner("p-0").getStatus().message()).contains("exceeded quota: few");

    world.with(new NoSecrets("admission webhook \"policy\" denied the request"));
    world.pass(Duration.ofSeconds(20));
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretRefused");

    world.with(new World.Trouble() {});
    world.secret("long", "a", "v".repeat(129));
    world.soon("it boots", Duration.ofSeconds(20), () -> world.endpoints("p").size() == 1);
    world.edit(
        "p",
        "{\"env\":[{\"name\":\"FLAME_CODE_VERSION\",\"valueFrom\":"
            + "{\"secretKeyRef\":{\"name\":\"long\",\"key\":\"a\"}}}]}");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.condition("p", "BackendReady")).isEqualTo("False/SecretMissing");
    assertThat(world.endpoints("p")).as("what runs goes on").hasSize(1);
  }

  private ControllerRevision revision(String name, Map<String, String> annotations, Object data) {
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(world.namespace)
        .addToLabels(Names.POOL_LABEL, "p")
        .withAnnotations(annotations)
        .withOwnerReferences(owner(world.pool("p")))
        .endMetadata()
        .withRevision(7L)
        .withData(data)
        .build();
  }

  private List<ControllerRevision> revisions() {
    return world
        .client()
        .apps()
        .controllerRevisions()
        .inNamespace(world.namespace)
        .list()
        .getItems();
  }

  /** Its template would boot for whoever says that he runs the code version it claims. */
  @Test
  void aTemplateThatTheOperatorDidNotStoreIsNotUsed() {
    world.pool("p", "{max: 3}");
    world.demand("c", "p", 0, 1);
    world.pass(Duration.ofSeconds(2));
    ControllerRevision genuine = revisions().get(0);
    ObjectNode template =
        (ObjectNode) Json.read(Json.tree(genuine.getData()).get("template").asText());
    template.putArray("env").addObject().put("name", EVIL).put("value", "1");
    Map<String, String> evil = Map.of("template", Json.text(template));
    Map<String, String> notes = new java.util.TreeMap<>(genuine.getMetadata().getAnnotations());
    notes.put("flamepool.dev/revision", "r-evil");
    notes.put(Names.CODE_VERSION, "code-evil");
    world.client().resource(revision("p-r-evil", notes, evil)).create();
    world
        .client()
        .resource(revision("p-garbage", Map.of("flamepool.dev/revision", "r"), 7))
        .create();
    // The name of the genuine one, while no operator looks.
    world.client().resource(genuine).delete();
    world.client().resource(revision(genuine.getMetadata().getName(), notes, evil)).create();

    world.restart();
    world.demand("d", "p", "code-evil", 0, 1);
    world.pass(Duration.ofSeconds(90));
    assertThat(environments()).noneMatch(env -> env.contains(EVIL));
    assertThat(world.endpoints("p")).contains("p-0");
    assertThat(revisions())
        .filteredOn(one -> one.getMetadata().getName().equals(genuine.getMetadata().getName()))
        .singleElement()
        .satisfies(one -> assertThat(Json.text(one.getData())).doesNotContain(EVIL));

    world.delete("p");
    world.pass(Duration.ofSeconds(30));
    assertThat(world.pool("p")).as("garbage holds up no deletion").isNull();
  }
}
