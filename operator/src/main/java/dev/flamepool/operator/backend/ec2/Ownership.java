package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
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

  /** Whether it says so itself: by its tags or, while these are not visible, by its token. */
  static boolean isOf(MachineKey key, Ec2Backend ec2, Instance instance) {
    return instance
        .key()
        .map(key::equals)
        .orElseGet(
            () ->
                Offering.of(ec2).stream()
                    .anyMatch(offering -> token(key, offering).equals(instance.token())));
  }

  /** The name of the boot object of an attempt in its bucket. */
  static String bootObject(MachineKey key) {
    return object(key, "tar");
  }

  /** The name of what an attempt's instance leaves there when its boot fails. */
  static String report(MachineKey key) {
    return object(key, "said");
  }

  private static String object(MachineKey key, String kind) {
    return "flamepool-boot/%s/%s-%d.%s"
        .formatted(key.installation(), key.runnerUid(), key.attempt(), kind);
  }
}
