package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Locale;

/** A tar archive (POSIX ustar) of small files with short names. Equal files give equal bytes. */
final class Tar {
  private static final int BLOCK = 512;
  private static final int MAX_NAME = 100;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds a file that only its owner, and whoever unpacks it, may use. */
  Tar add(String name, int mode, byte[] content) {
    if (name.length() > MAX_NAME) {
      throw new IllegalArgumentException("a name of more than 100 characters: " + name);
    }
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, octal(mode, 7));
    put(header, 108, octal(0, 7));
    put(header, 116, octal(0, 7));
    put(header, 124, octal(content.length, 11));
    put(header, 136, octal(0, 11));
    put(header, 148, "        ");
    put(header, 156, "0");
    put(header, 257, "ustar");
    put(header, 263, "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, octal(sum, 6) + "\0 ");
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    return this;
  }

  byte[] bytes() {
    byte[] all = out.toByteArray();
    return java.util.Arrays.copyOf(all, all.length + 2 * BLOCK);
  }

  private static String octal(int number, int digits) {
    return String.format(Locale.ROOT, "%0" + digits + "o", number);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
