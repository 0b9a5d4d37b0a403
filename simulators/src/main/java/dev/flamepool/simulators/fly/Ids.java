package dev.flamepool.simulators.fly;

import java.security.SecureRandom;
import java.util.List;

/** Names and numbers in the forms that Fly gives them. */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final List<String> FIRST =
      List.of("ancient", "autumn", "bold", "calm", "dawn", "falling", "little", "quiet", "winter");
  private static final List<String> SECOND =
      List.of("bird", "brook", "cloud", "field", "fire", "forest", "pond", "river", "smoke");

  private Ids() {}

  /** 14 hex digits. */
  static String machine() {
    return "%014x".formatted(RANDOM.nextLong() >>> 8);
  }

  /** A ULID: 48 bits of time and 80 of chance. */
  static String ulid(long millis) {
    StringBuilder id = new StringBuilder(26);
    for (int shift = 45; shift >= 0; shift -= 5) {
      id.append(CROCKFORD.charAt((int) (millis >>> shift) & 31));
    }
    for (int i = 0; i < 16; i++) {
      id.append(CROCKFORD.charAt(RANDOM.nextInt(32)));
    }
    return id.toString();
  }

  /** 12 hex digits. */
  static String nonce() {
    return "%012x".formatted(RANDOM.nextLong() >>> 16);
  }

  /** Two words and a number. */
  static String name() {
    return FIRST.get(RANDOM.nextInt(FIRST.size()))
        + "-"
        + SECOND.get(RANDOM.nextInt(SECOND.size()))
        + "-"
        + RANDOM.nextInt(1_000, 10_000);
  }
}
