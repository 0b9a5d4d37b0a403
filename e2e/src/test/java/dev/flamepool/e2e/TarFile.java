package dev.flamepool.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a tar archive holds, as far as images need it. */
final class TarFile {
  private static final int BLOCK = 512;
  private static final Pattern LONG_PATH = Pattern.compile("\\d+ path=([^\\n]*)\\n");

  /**
   * One entry.
   *
   * @param type {@code 0} a file, {@code 5} a folder
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(
      String path, char type, int mode, int uid, int gid, Instant modified, byte[] content) {
    boolean isFile() {
      return type == '0';
    }
  }

  private TarFile() {}

  static List<Entry> read(InputStream in) throws IOException {
    List<Entry> entries = new ArrayList<>();
    String longPath = null;
    byte[] header = in.readNBytes(BLOCK);
    while (header.length == BLOCK && header[0] != 0) {
      int size = Math.toIntExact(octal(header, 124, 12));
      byte[] content = in.readNBytes(size);
      in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      if (content.length < size) {
        throw new EOFException("the archive ends within an entry");
      }
      char type = header[156] == 0 ? '0' : (char) header[156];
      if (type == 'x') {
        Matcher path = LONG_PATH.matcher(new String(content, UTF_8));
        longPath = path.find() ? path.group(1) : null;
      } else {
        entries.add(
            new Entry(
                longPath != null ? longPath : path(header),
                type,
                (int) octal(header, 100, 8),
                (int) octal(header, 108, 8),
                (int) octal(header, 116, 8),
                Instant.ofEpochSecond(octal(header, 136, 12)),
                content));
        longPath = null;
      }
      header = in.readNBytes(BLOCK);
    }
    return entries;
  }

  private static String path(byte[] header) {
    String prefix = text(header, 345, 155);
    return (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, 100);
  }

  private static long octal(byte[] header, int from, int length) {
    String digits = text(header, from, length).strip();
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static String text(byte[] header, int from, int length) {
    String all = new String(header, from, length, UTF_8);
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }
}
