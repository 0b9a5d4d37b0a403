package dev.flamepool.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Growing memory to write a message into. Big arrays can be lent instead of copied. Not
 * thread-safe.
 */
public final class Out {
  /** Arrays below this are copied, even where lending is allowed. */
  public static final int WORTH_LENDING = 16 * 1024;

  private static final int WORTH_KEEPING = 64 * 1024;
  private static final int LATIN_MAX = 4 * 1024;

  private static final int UTF8_PIECE = 32 * 1024;

  /** A buffer of this size is followed by another one, and not copied into a larger one. */
  private static final int PIECE = 1024 * 1024;

  /** In place of a string's head: UTF-8 without a byte, which an empty string never is. */
  static final int CHARACTERS = 1;

  private final long max;
  private final @Nullable HeapAccount account;
  private byte[] buf;
  private int from;
  private int n;
  private @Nullable List<Part> parts;
  private long partsSize;

  private static final class Part {
    final byte[] bytes;
    final int from;
    final int to;

    Part(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }
  }

  /** With room for {@code start} bytes and the default bound. */
  public Out(int start) {
    this(start, Limits.MAX_MESSAGE_BYTES);
  }

  /** The same; what it grows by is taken from that account, if there is one. */
  public Out(int start, @Nullable HeapAccount account) {
    this(start, Limits.MAX_MESSAGE_BYTES, account);
  }

  Out(int start, long max) {
    this(start, max, null);
  }

  private Out(int start, long max, @Nullable HeapAccount account) {
    buf = new byte[start];
    this.max = max;
    this.account = account;
  }

  /**
   * To be asked before so many bytes of heap are taken for what is written.
   *
   * @throws MessageTooLargeException if they are not there
   */
  public void need(long bytes) {
    if (account != null) {
      account.need(bytes);
    }
  }

  /** Forgets everything, keeps the memory. */
  void reset() {
    n = 0;
    from = 0;
    parts = null;
    partsSize = 0;
  }

  /** Forgets everything, and the memory if that is more than small messages need. */
  void release() {
    reset();
    if (buf.length > WORTH_KEEPING) {
      buf = new byte[WORTH_KEEPING];
    }
  }

  /** Bytes of memory of its own. */
  int capacity() {
    return buf.length;
  }

  /** Bytes of heap that it keeps at most, lent ones too. */
  long held() {
    return buf.length + partsSize;
  }

  /** Bytes written. */
  public long size() {
    return partsSize + (n - from);
  }

  /** One byte. */
  public void u1(int b) {
    room(1);
    buf[n++] = (byte) b;
  }

  /** An unsigned number in groups of seven bits. */
  public void vint(int v) {
    room(5);
    while ((v & ~0x7f) != 0) {
      buf[n++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    buf[n++] = (byte) v;
  }

  /** The same for long. */
  public void vlong(long v) {
    room(10);
    while ((v & ~0x7fL) != 0) {
      buf[n++] = (byte) (v | 0x80);
      v >>>= 7;
    }
    buf[n++] = (byte) v;
  }

  /** Eight bytes, big endian. */
  public void i8(long v) {
    room(8);
    for (int s = 56; s >= 0; s -= 8) {
      buf[n++] = (byte) (v >>> s);
    }
  }

  /** Bytes, copied. */
  public void bytes(byte[] b, int off, int len) {
    room(len);
    System.arraycopy(b, off, buf, n, len);
    n += len;
  }

  /** Bytes that stay where they are until this has been sent, and must not change till then. */
  public void lend(byte[] b) {
    lend(b, b.length);
  }

  /** The same for the first of its bytes. */
  public void lend(byte[] b, int len) {
    List<Part> p = parts();
    closePart(p);
    p.add(new Part(b, 0, len));
    partsSize += len;
    check(0);
  }

  /** A string: length and bytes, one byte per character where that does. */
  public void string(String s) {
    if (!latin(s)) {
      utf8(s, Math.abs(utf8Length(s)));
    }
  }

  /**
   * A string whatever it holds. What has half of a surrogate pair has no UTF-8, and goes as its
   * characters.
   */
  public void exactString(String s) {
    if (latin(s)) {
      return;
    }
    long utf8 = utf8Length(s);
    if (utf8 >= 0) {
      utf8(s, utf8);
      return;
    }
    vint(CHARACTERS);
    check(2L * s.length());
    vint(s.length());
    for (int i = 0; i < s.length(); i++) {
      u1(s.charAt(i) >>> 8);
      u1(s.charAt(i));
    }
  }

  /** Writes it so if that can be done. */
  @SuppressWarnings(
      "deprecation") // getBytes(int, int, byte[], int) is a plain copy for what is Latin-1
  private boolean latin(String s) {
    int len = s.length();
    if (len > LATIN_MAX || !isLatin(s, len)) {
      return false;
    }
    vint(len << 1);
    room(len);
    s.getBytes(0, len, buf, n);
    n += len;
    return true;
  }

  /** In pieces, as the JDK takes three bytes for each character of a string while it encodes it. */
  private void utf8(String s, long length) {
    check(length);
    vlong(length << 1 | 1);
    int from = 0;
    while (from < s.length()) {
      int to = Math.min(s.length(), from + UTF8_PIECE);
      if (to < s.length() && Character.isHighSurrogate(s.charAt(to - 1))) {
        to--;
      }
      byte[] piece = s.substring(from, to).getBytes(StandardCharsets.UTF_8);
      bytes(piece, 0, piece.length);
      from = to;
    }
  }

  /** Negative if it has half of a surrogate pair, for which one byte is written. */
  private static long utf8Length(String s) {
    int n = s.length();
    long bytes = n;
    boolean whole = true;
    for (int i = 0; i < n; i++) {
      char c = s.charAt(i);
      if (c >= 0x800) {
        bytes += 2;
        if (Character.isSurrogate(c)) {
          bytes -= 2;
          if (i + 1 < n && Character.isSurrogatePair(c, s.charAt(i + 1))) {
            bytes += 2; // four for two characters
            i++;
          } else {
            whole = false;
          }
        }
      } else if (c >= 0x80) {
        bytes++;
      }
    }
    return whole ? bytes : -bytes;
  }

  private static boolean isLatin(String s, int len) {
    for (int i = 0; i < len; i++) {
      if (s.charAt(i) > 255) {
        return false;
      }
    }
    return true;
  }

  /** Everything of another, copied where small, else lent. */
  void append(Out other) {
    if (other.parts != null) {
      List<Part> p = parts();
      closePart(p);
      p.addAll(other.parts);
      partsSize += other.partsSize;
    }
    int rest = other.n - other.from;
    if (rest < WORTH_LENDING) {
      bytes(other.buf, other.from, rest);
    } else {
      List<Part> p = parts();
      closePart(p);
      p.add(new Part(other.buf, other.from, other.n));
      partsSize += rest;
      check(0);
    }
  }

  private List<Part> parts() {
    List<Part> p = parts;
    if (p == null) {
      p = new ArrayList<>(4);
      parts = p;
    }
    return p;
  }

  private void closePart(List<Part> p) {
    if (n > from) {
      p.add(new Part(buf, from, n));
      partsSize += n - from;
      from = n;
    }
  }

  void writeTo(OutputStream os) throws IOException {
    if (parts != null) {
      for (Part p : parts) {
        os.write(p.bytes, p.from, p.to - p.from);
      }
    }
    if (n > from) {
      os.write(buf, from, n - from);
    }
  }

  private void room(int k) {
    if (buf.length - n < k) {
      grow(k);
    }
  }

  private void grow(int k) {
    check(k);
    if (buf.length >= PIECE) {
      closePart(parts());
    }
    int used = n - from;
    boolean held = from > 0; // by a part
    int size = Math.max(buf.length >= PIECE ? PIECE : 2 * buf.length, Math.addExact(used, k));
    need(size);
    byte[] big = new byte[size];
    System.arraycopy(buf, from, big, 0, used);
    if (account != null && !held) {
      account.giveBack(buf.length);
    }
    buf = big;
    from = 0;
    n = used;
  }

  private void check(long more) {
    if (size() + more > max) {
      throw new MessageTooLargeException(size() + more, max);
    }
  }
}
