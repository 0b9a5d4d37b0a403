package dev.flamepool.operator.world;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.pod.PodCluster;
import dev.flamepool.operator.cluster.Json;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every field of every kind, with hostile texts as long as they may be, is stored as it was given
 * and arrives where machines are made. The objects are made from the kinds' schemas, so that a new
 * field is looked at by itself.
 */
class EveryFieldTest {
  private static final String POOL = "p";
  private static final String PASSWORD = "secret " + SchemaValues.HOSTILE + "\n\t";

  private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS =
      Map.of(
          "flamepools", FlamePool.class,
          "flamerunners", FlameRunner.class,
          "flamebackends", FlameBackend.class,
          "flamecallers", FlameCaller.class);

  /** Where a cloud is and what opens it is no part of a machine. */
  private static final Set<String> NOT_SENT =
      Set.of("host", "tokenSecretRef", "ec2ServiceEndpoint", "credentialsSecretRef", "region");

  private static JsonNode crd(String plural) {
    try {
      return Serialization.unmarshal(
          Files.readString(Path.of("..", "manifests", "crds", plural + ".yaml")), JsonNode.class);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode schema(String plural) {
    return crd(plural).at("/spec/versions/0/schema/openAPIV3Schema/properties");
  }

  // ---- stored

  @ParameterizedTest
  @ValueSource(strings = {"flamepools", "flamerunners", "flamebackends", "flamecallers"})
  void isStoredAsItWasGiven(String plural) {
    String namespace = PodCluster.namespace("every-field");
    JsonNode schema = schema(plural);
    boolean hasStatus = crd(plural).at("/spec/versions/0/subresources").has("status");
    Set<String> set = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (int variant = 0; variant < SchemaValues.VARIANTS; variant++) {
      GenericKubernetesResource given = object(plural, "v" + variant, namespace);
      for (String part : hasStatus ? List.of("spec", "status") : List.of("spec")) {
        JsonNode value = new SchemaValues(variant).value(part, schema.get(part));
        set.addAll(SchemaValues.set(part, schema.get(part), value));
        all.addAll(SchemaValues.paths(part, schema.get(part)));
        given.setAdditionalProperty(part, value);
      }
      stored(plural, given, hasStatus);
    }
    assertThat(set).as("fields that some object sets").containsAll(all);
  }

  private static GenericKubernetesResource object(String plural, String name, String namespace) {
    JsonNode crd = crd(plural);
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(
        crd.at("/spec/group").asText() + "/" + crd.at("/spec/versions/0/name").asText());
    object.setKind(crd.at("/spec/names/kind").asText());
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    return object;
  }

  private static void stored(String plural, GenericKubernetesResource given, boolean hasStatus) {
    KubernetesClient client = PodCluster.client();
    client.resource(given).delete();
    HasMetadata made = client.resource(given).create();
    try {
      if (hasStatus) {
        given.getMetadata().setResourceVersion(made.getMetadata().getResourceVersion());
        client.resource(given).updateStatus();
      }
      CustomResource<?, ?> typed =
          client
              .resources(KINDS.get(plural))
              .inNamespace(given.getMetadata().getNamespace())
              .withName(given.getMetadata().getName())
              .get();
      GenericKubernetesResource stored = client.resource(given).get();
      for (String part : hasStatus ? List.of("spec", "status") : List.of("spec")) {
        JsonNode sent = Json.tree(given.getAdditionalProperties().get(part));
        JsonNode back = Json.tree(stored.getAdditionalProperties().get(part));
        assertThat(Json.canonical(back)).as(part).isEqualTo(Json.canonical(sent));
        Object read = part.equals("spec") ? typed.getSpec() : typed.getStatus();
        assertThat(Json.canonical(Json.tree(read)))
            .as("%s as the operator reads it", part)
            .isEqualTo(Json.canonical(sent));
      }
    } finally {
      client.resource(given).delete();
    }
  }

  // ---- launched

  /** An entry of a pool that has one kind. */
  private static ObjectNode entry(String kind, int variant) {
    JsonNode schema = schema("flamepools").at("/spec/properties/backends/items");
    for (int i = 0; i < 4; i++) {
      ObjectNode entry =
          (ObjectNode) new SchemaValues(variant * 4 + i).value("spec.backends[]", schema);
      if (entry.has(kind)) {
        entry.remove("ref");
        return entry;
      }
    }
    throw new IllegalStateException("no variant has " + kind);
  }

  private static ObjectNode env(String plain) {
    ObjectNode spec = Json.object().put("min", 1).put("max", 1);
    spec.putArray("env")
        .add(Json.object().put("name", "PLAIN").put("value", plain))
        .add(
            Json.read(
                "{\"name\":\"PASSWORD\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\",\"key\":\"k\"}}}"));
    return spec;
  }

  private static String plain() {
    return new SchemaValues(0)
        .value("env", schema("flamepools").at("/spec/properties/env/items/properties/value"))
        .asText();
  }

  private static void launch(World world, ObjectNode entry) {
    ObjectNode spec = env(plain());
    spec.putArray("backends").add(entry);
    FlamePool pool = new FlamePool();
    pool.setMetadata(new ObjectMetaBuilder().withName(POOL).withNamespace(world.namespace).build());
    pool.setSpec(Json.value(spec, FlamePoolSpec.class));
    world.secret("s", "k", PASSWORD);
    world.client().resource(pool).create();
    world.pass(Duration.ofSeconds(3));
  }

  /** What of an entry must arrive, with the pool's plain variable. */
  private static Set<String> wanted(JsonNode section) {
    ObjectNode sent = section.deepCopy();
    sent.remove(NOT_SENT);
    Set<String> wanted = SchemaValues.texts(sent);
    wanted.add(plain());
    return wanted;
  }

  @Test
  void arrivesAtFly() {
    FlyCloud fly = new FlyCloud();
    try (World world = new World(1, CrashPoints.never(), fly)) {
      world.secret("fly", "token", FlyServer.TOKEN);
      ObjectNode entry = entry("fly", 0);
      ObjectNode section = (ObjectNode) entry.get("fly");
      section.put("host", fly.server().url());
      section.putObject("tokenSecretRef").put("name", "fly").put("key", "token");
      launch(world, entry);
      assertThat(world.endpoints(POOL)).hasSize(1);
      FlyServer.Seen create =
          fly.server().seen().stream()
              .filter(seen -> seen.what().equals("POST machines"))
              .findFirst()
              .orElseThrow();
      JsonNode body = Json.read(create.body());
      Set<String> arrived = SchemaValues.texts(body);
      arrived.add(create.path().split("/", -1)[3]);
      assertThat(arrived).containsAll(wanted(section));
      JsonNode config = body.get("config");
      for (String field : List.of("services", "checks")) {
        assertThat(config.get(field)).as(field).isEqualTo(section.get(field));
      }
      String files = "";
      for (JsonNode file : config.get("files")) {
        if (file.path("guest_path").asText().endsWith("/env")) {
          files = new String(Base64.getDecoder().decode(file.get("raw_value").asText()), UTF_8);
        }
      }
      assertThat(files).isEqualTo("PASSWORD=" + PASSWORD + "\0");
      assertThat(arrived).doesNotContain(PASSWORD);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void arrivesAtEc2(int variant) {
    Ec2Cloud ec2 = new Ec2Cloud();
    try (World world = new World(1, CrashPoints.never(), ec2)) {
      ec2.secret(world);
      world.cloud.bootTime(Duration.ofHours(1)); // the boot object stays
      ObjectNode entry = entry("ec2", variant);
      ObjectNode section = (ObjectNode) entry.get("ec2");
      // Templates and the operator's own instance have tests of their own.
      section.remove(
          List.of(
              "launchTemplateId",
              "launchTemplateVersion",
              "autoConfigure",
              "instanceMetadataUrl",
              "instanceMetadataTokenUrl",
              "imageIdParameter"));
      section.putIfAbsent("imageId", Json.tree("ami-1"));
      section.put("region", "eu-central-1").put("ec2ServiceEndpoint", ec2.server().url());
      section.put("s3BundleUrl", "s3://releases/thumbs.tar.gz").put("bootBucket", "releases");
      section.putObject("credentialsSecretRef").put("name", "aws");
      launch(world, entry);
      assertThat(ec2.server().living()).as(world.message(POOL, "BackendReady")).hasSize(1);
      Map<String, String> request = ec2.server().living().get(0).parameters();
      Map<String, String> boot = boot(ec2);
      Set<String> arrived = new TreeSet<>(request.values());
      Map<String, String> env = environment(boot.get("env"));
      arrived.addAll(env.values());
      Set<String> wanted = wanted(section);
      wanted.removeAll(
          Set.of(section.get("s3BundleUrl").asText(), "releases", section.get("app").asText()));
      wanted.remove(section.path("reach").asText());
      assertThat(arrived).containsAll(wanted);
      assertThat(boot.get("plan")).contains("APP='" + section.get("app").asText() + "'\n");
      assertThat(env.get("PASSWORD")).isEqualTo(PASSWORD);
      assertThat(request).doesNotContainValue(PASSWORD);
    }
  }

  private static Map<String, String> boot(Ec2Cloud ec2) {
    byte[] tar =
        ec2.server().objects().entrySet().stream()
            .filter(object -> object.getKey().contains("flamepool-boot/"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    Map<String, String> files = new TreeMap<>();
    int start = new String(tar, ISO_8859_1).indexOf("plan\0"); // before it is the chunk's signature
    for (int at = start; at + 512 <= tar.length && tar[at] != 0; ) {
      String name = new String(tar, at, 100, UTF_8).replaceAll("\0.*", "");
      int size = Integer.parseInt(new String(tar, at + 124, 11, UTF_8).strip(), 8);
      files.put(name, new String(tar, at + 512, size, UTF_8));
      at += 512 + (size + 511) / 512 * 512;
    }
    return files;
  }

  /** As systemd reads an {@code EnvironmentFile}: quotes around, a backslash takes one along. */
  private static Map<String, String> environment(String file) {
    Map<String, String> env = new TreeMap<>();
    for (int at = 0; at < file.length(); ) {
      int equals = file.indexOf("=\"", at);
      StringBuilder value = new StringBuilder();
      int i = equals + 2;
      for (; file.charAt(i) != '"'; i++) {
        i += file.charAt(i) == '\\' ? 1 : 0;
        value.append(file.charAt(i));
      }
      env.put(file.substring(at, equals), value.toString());
      at = i + 2;
    }
    return env;
  }

  @Test
  void arrivesInAPod() {
    PodCloud pods = new PodCloud();
    try (World world = new World(1, CrashPoints.never(), pods)) {
      ObjectNode entry = entry("pod", 0);
      ObjectNode section = (ObjectNode) entry.get("pod");
      section.remove("runnerFrom");
      String name = section.get("container").asText();
      String text = "template" + SchemaValues.HOSTILE + "\n\t";
      ObjectNode template = section.putObject("template");
      template.putObject("metadata").putObject("annotations").put("note", text);
      ObjectNode container =
          template.putObject("spec").putArray("containers").addObject().put("name", name);
      container.put("image", "shop:v1").put("workingDir", text + "dir");
      container.putArray("command").add(text + "command");
      container.putArray("args").add(text + "args");
      container.putArray("env").addObject().put("name", "ITS_OWN").put("value", text + "env");
      launch(world, entry);
      JsonNode pod =
          Json.tree(world.client().pods().inNamespace(world.namespace).withName(POOL + "-0").get());
      Set<String> arrived = SchemaValues.texts(pod);
      for (JsonNode variable : pod.at("/spec/containers/0/env")) {
        arrived.add(variable.path("value").asText().replace("$$", "$")); // as a kubelet does
      }
      assertThat(arrived).containsAll(wanted(section)).doesNotContain(PASSWORD);
      JsonNode secret =
          Json.tree(
              world
                  .client()
                  .secrets()
                  .inNamespace(world.namespace)
                  .withName(
                      Names.bootSecret(
                          POOL + "-0", world.runner(POOL + "-0").getMetadata().getUid(), 1))
                  .get());
      assertThat(
              new String(
                  Base64.getDecoder().decode(secret.at("/data/env.PASSWORD").asText()), UTF_8))
          .isEqualTo(PASSWORD);
    }
  }
}
