package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.wire.ParentLines;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The body of the create call: a pure function of the attempt, byte for byte the same each time.
 *
 * <p>Identity and secret variables go into files of the machine, the other variables into its
 * environment, which Fly's own tools print. Whoever holds a token of the app can read both.
 */
final class CreateRequest {
  /** Where the files lie on the machine. */
  static final String FOLDER = "/flame/boot/";

  private static final String SECRET_ENV = "env";

  /** Readable for the image's own user, whoever that is: the machine holds nothing but it. */
  private static final int READABLE = 0444;

  /** Fly waits no longer for a process to end. */
  private static final long MAX_STOP_SECONDS = 300;

  /** What a machine gets on top of its grace, so that its runner can say how it ended. */
  private static final long STOP_MARGIN_SECONDS = 2;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private CreateRequest() {}

  /**
   * Composes it.
   *
   * @throws BackendException if the boot Secret is not what the operator writes
   */
  static byte[] of(LaunchAttempt attempt) throws BackendException {
    FlyBackend fly = attempt.entry().fly();
    Boot boot = attempt.boot();
    Map<String, String> env = boot.env();
    byte[] secrets = take(env, boot.secretEnv());
    ParentLines parent = boot.parent().with("identity", FOLDER.substring(0, FOLDER.length() - 1));
    if (secrets.length > 0) {
      parent = parent.with("env", FOLDER + SECRET_ENV);
    }
    env.put(ParentLines.VARIABLE, parent.text());
    env.put("FLAME_BIND", "[::]");
    Map<String, String> metadata = new TreeMap<>(FlyOptions.metadata(fly));
    metadata.putAll(Ownership.MARKS.of(attempt.key(), (int) Boot.number(parent, "port")));

    ObjectNode body = JSON.createObjectNode();
    body.put("name", Ownership.name(attempt.key()));
    if (!attempt.offering().isEmpty()) {
      body.put("region", attempt.offering());
    }
    ObjectNode config = body.putObject("config");
    config.put("image", fly.image());
    config.set("guest", guest(fly));
    config.set("init", init(fly.init()));
    config.set("env", JSON.valueToTree(env));
    config.set("files", files(boot, secrets));
    config.set("services", JSON.valueToTree(fly.services() == null ? List.of() : fly.services()));
    if (fly.checks() != null) {
      config.set("checks", JSON.valueToTree(new TreeMap<>(fly.checks())));
    }
    config.set("metadata", JSON.valueToTree(metadata));
    config.putObject("restart").put("policy", "no");
    config.put("auto_destroy", true);
    config
        .putObject("stop_config")
        .put("signal", "SIGTERM")
        .put("timeout", seconds(Boot.number(parent, "shutdownTimeoutMs")));
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can be written", e);
    }
  }

  /**
   * A grace as Fly takes it: whole seconds, a little more than given, never more than it allows.
   */
  static String seconds(long millis) {
    return Math.min(MAX_STOP_SECONDS, (millis + 999) / 1000 + STOP_MARGIN_SECONDS) + "s";
  }

  /** Moves variables into a file: {@code NAME=value}, each ended by a NUL. */
  private static byte[] take(Map<String, String> env, Set<String> names) throws BackendException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (String name : new TreeSet<>(names)) {
      String value = env.remove(name);
      if (value != null) {
        if (value.indexOf('\0') >= 0) {
          throw new BackendException(
              Kind.CONFIGURATION, "env " + name + " holds a NUL character: remove it");
        }
        file.writeBytes((name + "=" + value + "\0").getBytes(UTF_8));
      }
    }
    return file.toByteArray();
  }

  private static ArrayNode files(Boot boot, byte[] secrets) {
    ArrayNode files = JSON.createArrayNode();
    boot.identity().forEach((name, content) -> add(files, name, content));
    if (secrets.length > 0) {
      add(files, SECRET_ENV, secrets);
    }
    return files;
  }

  private static void add(ArrayNode files, String name, byte[] content) {
    files
        .addObject()
        .put("guest_path", FOLDER + name)
        .put("raw_value", Base64.getEncoder().encodeToString(content))
        .put("mode", READABLE);
  }

  private static ObjectNode guest(FlyBackend fly) {
    ObjectNode guest = JSON.createObjectNode();
    guest
        .put("cpu_kind", FlyOptions.cpuKind(fly))
        .put("cpus", FlyOptions.cpus(fly))
        .put("memory_mb", FlyOptions.memoryMb(fly));
    if (FlyOptions.gpus(fly) > 0) {
      guest.put("gpu_kind", fly.gpuKind()).put("gpus", FlyOptions.gpus(fly));
    }
    return guest;
  }

  private static ObjectNode init(FlyBackend.@Nullable Init init) {
    ObjectNode json = JSON.createObjectNode();
    if (init != null) {
      put(json, "cmd", init.cmd());
      put(json, "entrypoint", init.entrypoint());
      put(json, "exec", init.exec());
      put(json, "kernel_args", init.kernelArgs());
      put(json, "swap_size_mb", init.swapSizeMb());
      put(json, "tty", init.tty());
    }
    return json;
  }

  private static void put(ObjectNode json, String key, @Nullable Object value) {
    if (value != null) {
      json.set(key, JSON.valueToTree(value));
    }
  }
}
