package dev.flamepool.simulators.ec2;

import java.security.SecureRandom;
import java.util.Random;

/** Identifiers in the form that AWS gives them. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** A prefix, such as {@code i}, and 17 hex digits. */
  static String of(String prefix) {
    return prefix + "-" + digits(RANDOM);
  }

  /** The same for the same words; for what belongs to an instance for good. */
  static String of(String prefix, String words) {
    return prefix + "-" + digits(new Random(words.hashCode()));
  }

  /** A hardware address, the same for the same words. */
  static String mac(String words) {
    Random random = new Random(words.hashCode());
    return "02:%02x:%02x:%02x:%02x:%02x"
        .formatted(
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256));
  }

  private static String digits(Random random) {
    return "0%016x".formatted(random.nextLong());
  }
}
