package dev.flamepool.bench;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How fast one core of this machine encrypts TLS records, without which the distance to raw TCP
 * cannot be understood: machines differ by a factor of two.
 */
final class Aes {
  private static final int RECORD = 16 * 1024;

  private Aes() {}

  /** Megabytes per second, the best of some windows: the first ones run uncompiled. */
  static double megabytesPerSecond(int windowMs) throws GeneralSecurityException {
    double best = 0;
    for (int i = 0; i < 8; i++) {
      best = Math.max(best, window(windowMs * 1_000_000L / 4, i));
    }
    return best;
  }

  private static double window(long nanos, int number) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    byte[] in = new byte[RECORD];
    byte[] out = new byte[RECORD + 16];
    long start = System.nanoTime();
    long records = 0;
    while (records == 0 || System.nanoTime() - start < nanos) {
      byte[] iv = ByteBuffer.allocate(12).putInt(number).putLong(records++).array();
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, iv));
      cipher.doFinal(in, 0, RECORD, out, 0);
    }
    return records * RECORD * 1e3 / (System.nanoTime() - start);
  }
}
