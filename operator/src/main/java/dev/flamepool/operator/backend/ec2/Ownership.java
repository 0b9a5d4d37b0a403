package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.OwnershipMarks;
import dev.flamepool.operator.cluster.Digests;
import java.util.Map;
import java.util.TreeMap;

/** Whose an instance is, in its tags and its client token. Users' tags cannot have these keys. */
final class Ownership {
  /** Prefix of the keys that are the operator's. */
  static final String PREFIX = "flamepool:";

  /** Its keys and values. */
  static final OwnershipMarks MARKS = new OwnershipMarks(PREFIX);

  private Ownership() {}

  /**
   * The ClientToken of an attempt: with it EC2 makes one instance, however often it is asked. At
   * most 64 characters; another subnet, type or market is another request and has another token.
   */
  static String token(MachineKey key, Offering offering) {
    return Digests.sha256(
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
    tags.put("Name", key.namespace() + "/" + key.runner());
    tags.putAll(users);
    tags.putAll(MARKS.of(key, port));
    return tags;
  }

  /** An instance whose tags are not visible yet is taken for what its id or token says. */
  static boolean isOf(MachineKey key, Instance instance) {
    return instance.key().map(key::equals).orElse(true);
  }

  /** The name of the boot object of an attempt in its bucket. */
  static String bootObject(MachineKey key) {
    return "flamepool-boot/%s/%s-%d.tar"
        .formatted(key.installation(), key.runnerUid(), key.attempt());
  }
}
