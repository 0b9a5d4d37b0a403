package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.FlameParent;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.FlyBackend.Init;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.simulators.fly.Conformance;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The request of T41 and S1-06 to S1-30, field by field. */
class CreateRequestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Conformance FLY = Conformance.fly();
  private static final MachineKey KEY =
      new MachineKey("inst-1", "ns", "thumbs", "thumbs-0", "8f0c-uid", 2);
  private static final String AWKWARD = "a \"b\" $HOME `id`\nEOF\\ü";

  private static JsonNode request(BackendEntry entry, String region) throws Exception {
    byte[] body = bytes(entry, region);
    assertThat(FLY.request("POST", "/v1/apps/thumbs/machines", new String(body, UTF_8))).isEmpty();
    return JSON.readTree(body);
  }

  private static byte[] bytes(BackendEntry entry, String region) throws Exception {
    Map<String, String> env =
        Map.of("POOL_SIZE", "1", "AWKWARD", AWKWARD, "DATABASE_URL", "secret://" + AWKWARD);
    return CreateRequest.of(
        new LaunchAttempt(
            KEY, "t", region, entry, new Boot(FlyFixtures.boot(KEY, env), Set.of("DATABASE_URL"))));
  }

  @Test
  void withNothingButWhatMustBeGiven() throws Exception {
    JsonNode body = request(FlyFixtures.entry("https://api.machines.dev"), "");
    assertThat(body.has("region")).as("Fly chooses").isFalse();
    assertThat(body.path("name").asText()).isEqualTo("flame-8f0c-uid-2");
    JsonNode config = body.get("config");
    assertThat(config.get("image").asText()).isEqualTo("registry.fly.io/thumbs:v7");
    assertThat(config.get("guest").toString())
        .isEqualTo("{\"cpu_kind\":\"performance\",\"cpus\":1,\"memory_mb\":4096}");
    assertThat(config.get("init").toString()).isEqualTo("{}");
    assertThat(config.get("services").toString()).isEqualTo("[]");
    assertThat(config.get("restart").toString()).isEqualTo("{\"policy\":\"no\"}");
    assertThat(config.get("auto_destroy").asBoolean()).isTrue();
    assertThat(config.get("stop_config").toString())
        .isEqualTo("{\"signal\":\"SIGTERM\",\"timeout\":\"32s\"}");
    assertThat(config.get("metadata").toString())
        .isEqualTo(
            "{\"flamepool_attempt\":\"2\",\"flamepool_installation\":\"inst-1\","
                + "\"flamepool_namespace\":\"ns\",\"flamepool_pool\":\"thumbs\","
                + "\"flamepool_port\":\"7600\",\"flamepool_runner\":\"thumbs-0\","
                + "\"flamepool_uid\":\"8f0c-uid\"}");
  }

  @Test
  void withEverything() throws Exception {
    FlyBackend fly =
        new FlyBackend(
            "thumbs",
            "img@sha256:abc",
            List.of("fra", "ams"),
            "shared",
            4,
            1024,
            null,
            null,
            null,
            new Init(
                List.of("a", "b c"), List.of("/e"), List.of("/x"), List.of("quiet"), 512, true),
            List.of(Map.of("protocol", "tcp", "internal_port", 8080)),
            Map.of("alive", Map.of("type", "tcp", "port", 7600, "interval", "15s")),
            Map.of("team", "images"),
            new SecretKeyRef("fly", "token"));
    JsonNode body = request(FlyFixtures.entry(fly), "ams");
    JsonNode config = body.get("config");
    assertThat(body.get("region").asText()).isEqualTo("ams");
    assertThat(config.get("guest").toString())
        .isEqualTo("{\"cpu_kind\":\"shared\",\"cpus\":4,\"memory_mb\":1024}");
    assertThat(config.get("init").toString())
        .isEqualTo(
            "{\"cmd\":[\"a\",\"b c\"],\"entrypoint\":[\"/e\"],\"exec\":[\"/x\"],"
                + "\"kernel_args\":[\"quiet\"],\"swap_size_mb\":512,\"tty\":true}");
    assertThat(config.get("services").toString())
        .isEqualTo("[{\"internal_port\":8080,\"protocol\":\"tcp\"}]");
    assertThat(config.get("checks").get("alive").get("port").asInt()).isEqualTo(7600);
    assertThat(config.get("metadata").get("team").asText()).isEqualTo("images");
  }

  @ParameterizedTest
  @CsvSource({",1", "2,2"})
  void aGpuIsSentAsGiven(Integer gpus, int sent) throws Exception {
    FlyBackend fly =
        new FlyBackend(
            "thumbs",
            "i",
            null,
            null,
            8,
            null,
            "a100-40gb",
            gpus,
            null,
            null,
            null,
            null,
            null,
            new SecretKeyRef("fly", "token"));
    JsonNode guest = request(FlyFixtures.entry(fly), "").get("config").get("guest");
    assertThat(guest.get("gpu_kind").asText()).isEqualTo("a100-40gb");
    assertThat(guest.get("gpus").asInt()).isEqualTo(sent);
  }

  @Test
  void isTheSameByteForByte() throws Exception {
    BackendEntry entry = FlyFixtures.entry("https://api.machines.dev", "fra");
    assertThat(bytes(entry, "fra")).isEqualTo(bytes(entry, "fra"));
  }

  @Test
  void secretsLieInFilesOnlyAndEveryValueIsExact() throws Exception {
    JsonNode config = request(FlyFixtures.entry("https://api.machines.dev"), "").get("config");
    Map<String, String> env = new TreeMap<>();
    config.get("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asText()));
    assertThat(env)
        .containsOnlyKeys(
            "AWKWARD", "FLAME_BIND", "FLAME_PARENT", "FLAME_POOL", "FLAME_RUNNER", "POOL_SIZE");
    assertThat(env.get("AWKWARD")).isEqualTo(AWKWARD);
    assertThat(env.get("FLAME_BIND")).isEqualTo("[::]");
    Map<String, String> files = new TreeMap<>();
    for (JsonNode file : config.get("files")) {
      files.put(
          file.get("guest_path").asText(),
          new String(Base64.getDecoder().decode(file.get("raw_value").asText()), UTF_8));
    }
    assertThat(files)
        .containsOnlyKeys(
            "/flame/boot/ca.der", "/flame/boot/cert.der", "/flame/boot/key.pk8", "/flame/boot/env");
    assertThat(files.get("/flame/boot/env")).isEqualTo("DATABASE_URL=secret://" + AWKWARD + "\0");
    FlameParent parent = FlameParent.decode(env.get("FLAME_PARENT"));
    assertThat(parent.identity().toString()).isEqualTo("/flame/boot");
    assertThat(parent.port()).isEqualTo(7600);
    assertThat(new String(Base64.getDecoder().decode(env.get("FLAME_PARENT")), UTF_8))
        .contains("\nenv=/flame/boot/env\n");
    config
        .get("env")
        .properties()
        .forEach(e -> assertThat(e.getValue().asText()).doesNotContain("secret://"));
    assertThat(config.get("metadata").toString()).doesNotContain("secret://");
  }

  @Test
  void stopTakesWholeSecondsAndNoMoreThanFlyAllows() {
    assertThat(CreateRequest.seconds(0)).isEqualTo("2s");
    assertThat(CreateRequest.seconds(1_500)).isEqualTo("4s");
    assertThat(CreateRequest.seconds(3_600_000)).isEqualTo("300s");
  }

  @Test
  void aMalformedBootSecretIsNotQuoted() {
    Map<String, byte[]> boot = Map.of("env.json", "{\"X\": \"top secret\"".getBytes(UTF_8));
    assertThatThrownBy(
            () ->
                CreateRequest.of(
                    new LaunchAttempt(KEY, "t", "", FlyFixtures.entry("h"), Boot.of(boot))))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> {
              assertThat(e.getMessage()).doesNotContain("top secret");
              assertThat(e.getCause()).isNull();
            });
  }
}
