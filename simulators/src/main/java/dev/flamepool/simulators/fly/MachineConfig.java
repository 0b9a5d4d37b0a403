package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.machine.GuestFile;
import dev.flamepool.simulators.machine.Launch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a create call asks for: checked, with Fly's defaults filled in, and read. */
final class MachineConfig {
  private static final Set<Integer> SHARED = Set.of(1, 2, 4, 6, 8);
  private static final Set<Integer> PERFORMANCE = Set.of(1, 2, 4, 6, 8, 10, 12, 14, 16);
  private static final Duration LONGEST_STOP = Duration.ofMinutes(5);

  private MachineConfig() {}

  /**
   * The config as Fly echoes it.
   *
   * @throws FlyError if Fly would refuse it
   */
  static ObjectNode accepted(JsonNode given) throws FlyError {
    if (!(given instanceof ObjectNode object) || object.path("image").asText().isEmpty()) {
      throw FlyError.of(400, "invalid_argument: config.image is required");
    }
    ObjectNode config = object.deepCopy();
    config.withObject("/init");
    config.withObject("/dns");
    ObjectNode restart = config.withObject("/restart");
    if (restart.path("policy").asText().isEmpty()) {
      restart.put("policy", "on-failure");
    }
    if (restart.path("policy").asText().equals("on-failure") && !restart.has("max_retries")) {
      restart.put("max_retries", 10);
    }
    guest(config);
    files(config);
    stopTimeout(config);
    return config;
  }

  private static void guest(ObjectNode config) throws FlyError {
    String size = config.path("size").asText();
    if (!size.isEmpty() && config.has("guest")) {
      throw FlyError.of(400, "invalid_argument: config.size and config.guest exclude each other");
    }
    ObjectNode guest = config.withObject("/guest");
    if (!size.isEmpty()) {
      guest.put("cpu_kind", size.startsWith("performance") ? "performance" : "shared");
      guest.put("cpus", Integer.parseInt("0" + size.replaceAll("\\D", "")));
    }
    if (guest.has("gpu_kind") || guest.path("gpus").asInt() > 0) {
      throw FlyError.of(400, "invalid_argument: GPU machines are no longer supported");
    }
    if (guest.path("cpu_kind").asText().isEmpty()) {
      guest.put("cpu_kind", "shared");
    }
    if (!guest.has("cpus")) {
      guest.put("cpus", 1);
    }
    boolean performance = guest.path("cpu_kind").asText().equals("performance");
    if (!performance && !guest.path("cpu_kind").asText().equals("shared")) {
      throw FlyError.of(
          400, "invalid_argument: config.guest.cpu_kind must be shared or performance");
    }
    int cpus = guest.path("cpus").asInt();
    if (!(performance ? PERFORMANCE : SHARED).contains(cpus)) {
      throw FlyError.of(400, "invalid_argument: config.guest.cpus " + cpus + " is no size");
    }
    int least = cpus * (performance ? 2048 : 256);
    int most = cpus * (performance ? 8192 : 2048);
    if (!guest.has("memory_mb")) {
      guest.put("memory_mb", least);
    }
    int memory = guest.path("memory_mb").asInt();
    if (memory < least || memory > most || memory % 256 != 0) {
      throw FlyError.of(
          400,
          "invalid_argument: config.guest.memory_mb %d must be from %d to %d in steps of 256"
              .formatted(memory, least, most));
    }
  }

  /** The files that the machine gets. */
  static List<GuestFile> files(ObjectNode config) throws FlyError {
    List<GuestFile> files = new ArrayList<>();
    for (JsonNode file : config.path("files")) {
      if (!file.path("raw_value").isTextual()) {
        throw FlyError.of(
            400,
            "invalid_argument: config.files: only raw_value is simulated, no secrets or images");
      }
      try {
        files.add(
            new GuestFile(
                file.path("guest_path").asText(),
                file.path("raw_value").asText(),
                file.path("mode").asInt(0644)));
      } catch (IllegalArgumentException e) {
        throw FlyError.of(400, "invalid_argument: config.files: " + e.getMessage());
      }
    }
    return files;
  }

  static String stopSignal(ObjectNode config) {
    return config.path("stop_config").path("signal").asText("SIGINT");
  }

  /** 5 s unless given, 300 s at most. */
  static Duration stopTimeout(ObjectNode config) throws FlyError {
    return atMost(Durations.of(config.path("stop_config").path("timeout"), Duration.ofSeconds(5)));
  }

  static Duration atMost(Duration timeout) {
    return timeout.compareTo(LONGEST_STOP) < 0 ? timeout : LONGEST_STOP;
  }

  /** What the machine runs: {@code init} over what the image says. */
  private static List<String> command(ObjectNode config, Image image) {
    JsonNode init = config.path("init");
    if (!init.path("exec").isEmpty()) {
      return words(init.path("exec"));
    }
    List<String> command = new ArrayList<>();
    JsonNode entrypoint = init.path("entrypoint");
    command.addAll(entrypoint.isEmpty() ? image.entrypoint() : words(entrypoint));
    JsonNode cmd = init.path("cmd");
    command.addAll(cmd.isEmpty() ? image.cmd() : words(cmd));
    return command;
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }

  /** The environment of the machine's process: the config's, and what Fly adds. */
  private static Map<String, String> env(FlyMachine machine, String privateIp) {
    ObjectNode config = machine.config;
    Map<String, String> env = new LinkedHashMap<>();
    config.path("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asText()));
    env.put("FLY_APP_NAME", machine.app);
    env.put("FLY_MACHINE_ID", machine.id);
    env.put("FLY_ALLOC_ID", machine.id);
    env.put("FLY_REGION", machine.region);
    env.put("PRIMARY_REGION", machine.region);
    env.put("FLY_PUBLIC_IP", privateIp);
    env.put("FLY_PRIVATE_IP", privateIp);
    env.put("FLY_IMAGE_REF", config.path("image").asText());
    env.put("FLY_MACHINE_VERSION", machine.instanceId);
    env.put("FLY_PROCESS_GROUP", config.path("metadata").path("fly_process_group").asText());
    env.put("FLY_VM_MEMORY_MB", config.path("guest").path("memory_mb").asText());
    return env;
  }

  /** What the machine's process is to be. */
  static Launch launch(FlyMachine machine, FlyOptions options) throws IOException, FlyError {
    Image image = options.image(machine.config.path("image").asText());
    if (image == null) {
      throw new IOException("its image is not in the table of this simulator");
    }
    return new Launch(
        machine.id,
        command(machine.config, image),
        env(machine, options.privateIp(machine.address)),
        files(machine.config),
        machine.address);
  }

  /** The metadata, whatever else the machine has. */
  static ObjectNode metadata(FlyMachine machine) {
    return machine.config.withObject("/metadata");
  }
}
