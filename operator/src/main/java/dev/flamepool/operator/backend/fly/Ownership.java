package dev.flamepool.operator.backend.fly;

import dev.flamepool.operator.backend.MachineKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whose a machine is, in its metadata and its name. Users' metadata cannot have these keys. */
final class Ownership {
  /** Prefix of the keys that are the operator's. */
  static final String PREFIX = "flamepool_";

  /** Prefix of the keys that are Fly's. */
  static final String FLYS = "fly_";

  /** The key by which a list asks for the machines of one installation. */
  static final String INSTALLATION = PREFIX + "installation";

  private static final String NAMESPACE = PREFIX + "namespace";
  private static final String POOL = PREFIX + "pool";
  private static final String RUNNER = PREFIX + "runner";
  private static final String UID = PREFIX + "uid";
  private static final String ATTEMPT = PREFIX + "attempt";
  private static final String PORT = PREFIX + "port";

  private Ownership() {}

  /**
   * The name of a machine, unique among the living of an app: a create that is sent twice is
   * refused the second time.
   */
  static String name(MachineKey key) {
    return "flame-" + key.runnerUid() + "-" + key.attempt();
  }

  /** The metadata of a machine. */
  static Map<String, String> metadata(MachineKey key, int port) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(INSTALLATION, key.installation());
    metadata.put(NAMESPACE, key.namespace());
    metadata.put(POOL, key.pool());
    metadata.put(RUNNER, key.runner());
    metadata.put(UID, key.runnerUid());
    metadata.put(ATTEMPT, String.valueOf(key.attempt()));
    metadata.put(PORT, String.valueOf(port));
    return metadata;
  }

  /** Whose a machine is; empty for one that no operator made. */
  static Optional<MachineKey> key(Map<String, String> metadata) {
    String installation = metadata.get(INSTALLATION);
    String namespace = metadata.get(NAMESPACE);
    String pool = metadata.get(POOL);
    String runner = metadata.get(RUNNER);
    String uid = metadata.get(UID);
    int attempt = number(metadata.get(ATTEMPT));
    return installation == null
            || namespace == null
            || pool == null
            || runner == null
            || uid == null
            || attempt < 1
        ? Optional.empty()
        : Optional.of(new MachineKey(installation, namespace, pool, runner, uid, attempt));
  }

  /** The port on which the runner listens; 0 when that is not said. */
  static int port(Map<String, String> metadata) {
    return Math.max(0, number(metadata.get(PORT)));
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
