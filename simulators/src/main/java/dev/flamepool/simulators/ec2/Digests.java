package dev.flamepool.simulators.ec2;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as hex digits. */
final class Digests {
  private Digests() {}

  static String sha256(byte[] bytes) {
    return hex("SHA-256", bytes);
  }

  /** What an ETag is. */
  static String md5(byte[] bytes) {
    return hex("MD5", bytes);
  }

  private static String hex(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
