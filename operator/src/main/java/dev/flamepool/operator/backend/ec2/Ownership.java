package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.MachineKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whose an instance is, in its tags and its client token. Users' tags cannot have these keys. */
final class Ownership {
  /** Prefix of the keys that are the operator's. */
  static final String PREFIX = "flamepool:";

  /** The key by which a list asks for the instances of one installation. */
  static final String INSTALLATION = PREFIX + "installation";

  private static final String NAMESPACE = PREFIX + "namespace";
  private static final String POOL = PREFIX + "pool";
  private static final String RUNNER = PREFIX + "runner";
  private static final String UID = PREFIX + "uid";
  private static final String ATTEMPT = PREFIX + "attempt";
  private static final String PORT = PREFIX + "port";
  private static final String NAME = "Name";

  private Ownership() {}

  /**
   * The ClientToken of an attempt: with it EC2 makes one instance, however often it is asked. At
   * most 64 characters; another subnet, type or market is another request and has another token.
   */
  static String token(MachineKey key, Offering offering) {
    return sha256(
        String.join(
            "/",
            key.installation(),
            key.runnerUid(),
            String.valueOf(key.attempt()),
            offering.text()));
  }

  /** The tags of an instance, its volumes and its interface; the user's beside the operator's. */
  static Map<String, String> tags(MachineKey key, int port, Map<String, String> users) {
    Map<String, String> tags = new TreeMap<>();
    tags.put(NAME, key.namespace() + "/" + key.runner());
    tags.putAll(users);
    tags.put(INSTALLATION, key.installation());
    tags.put(NAMESPACE, key.namespace());
    tags.put(POOL, key.pool());
    tags.put(RUNNER, key.runner());
    tags.put(UID, key.runnerUid());
    tags.put(ATTEMPT, String.valueOf(key.attempt()));
    tags.put(PORT, String.valueOf(port));
    return tags;
  }

  /** Whose an instance is; empty for one that no operator made. */
  static Optional<MachineKey> key(Map<String, String> tags) {
    String installation = tags.get(INSTALLATION);
    String namespace = tags.get(NAMESPACE);
    String pool = tags.get(POOL);
    String runner = tags.get(RUNNER);
    String uid = tags.get(UID);
    int attempt = number(tags.get(ATTEMPT));
    return installation == null
            || namespace == null
            || pool == null
            || runner == null
            || uid == null
            || attempt < 1
        ? Optional.empty()
        : Optional.of(new MachineKey(installation, namespace, pool, runner, uid, attempt));
  }

  /** An instance whose tags are not visible yet is taken for what its id or token says. */
  static boolean isOf(MachineKey key, Instance instance) {
    return key(instance.tags()).map(key::equals).orElse(true);
  }

  /** The port on which the runner listens; 0 when that is not said. */
  static int port(Map<String, String> tags) {
    return Math.max(0, number(tags.get(PORT)));
  }

  /** The name of the boot object of an attempt in its bucket. */
  static String bootObject(MachineKey key) {
    return "flamepool-boot/%s/%s-%d.tar"
        .formatted(key.installation(), key.runnerUid(), key.attempt());
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
