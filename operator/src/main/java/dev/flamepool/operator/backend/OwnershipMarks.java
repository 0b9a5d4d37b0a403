package dev.flamepool.operator.backend;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose a machine is, in the keys and values that a cloud keeps with it. Users' own cannot have
 * these keys.
 *
 * @param prefix of all keys
 */
public record OwnershipMarks(String prefix) {
  /** The key by which a list asks for the machines of one installation. */
  public String installation() {
    return prefix + "installation";
  }

  /** The marks of a machine, of which no other attempt has all. */
  public Map<String, String> of(MachineKey key, int port) {
    Map<String, String> marks = new TreeMap<>();
    marks.put(installation(), key.installation());
    marks.put(prefix + "namespace", key.namespace());
    marks.put(prefix + "pool", key.pool());
    marks.put(prefix + "runner", key.runner());
    marks.put(prefix + "uid", key.runnerUid());
    marks.put(prefix + "attempt", String.valueOf(key.attempt()));
    marks.put(prefix + "port", String.valueOf(port));
    return marks;
  }

  /** Whose a machine is; empty for one that no operator made. */
  public Optional<MachineKey> key(Map<String, String> marks) {
    String installation = marks.get(installation());
    String namespace = marks.get(prefix + "namespace");
    String pool = marks.get(prefix + "pool");
    String runner = marks.get(prefix + "runner");
    String uid = marks.get(prefix + "uid");
    int attempt = number(marks.get(prefix + "attempt"));
    return installation == null
            || namespace == null
            || pool == null
            || runner == null
            || uid == null
            || attempt < 1
        ? Optional.empty()
        : Optional.of(new MachineKey(installation, namespace, pool, runner, uid, attempt));
  }

  /** The port of its runner; 0 when that is not known. */
  public int port(Map<String, String> marks) {
    return Math.max(0, number(marks.get(prefix + "port")));
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
