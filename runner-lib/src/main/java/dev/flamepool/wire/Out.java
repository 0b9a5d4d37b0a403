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

  /** In place of a string's head: UTF-8 without a byte, which an empty string never is. */
  static final int CHARACTERS = 1;

  private final long max;
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

  Out(int start, long max) {
    buf = new byte[start];
    this.max = max;
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
    List<Part> p = parts();
    closePart(p);
    p.add(new Part(b, 0, b.length));
    partsSize += b.length;
    check(0);
  }

  /** A string: length and bytes, one byte per character where that does. */
  public void string(String s) {
    if (!latin(s)) {
      utf8(s);
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
    if (isWhole(s)) {
      utf8(s);
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

  private void utf8(String s) {
    byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
    check(utf8.length);
    vlong(((long) utf8.length << 1) | 1);
    bytes(utf8, 0, utf8.length);
  }

  private static boolean isWhole(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (Character.isSurrogate(s.charAt(i))) {
        if (i + 1 == s.length() || !Character.isSurrogatePair(s.charAt(i), s.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
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
    int used = n - from;
    int size = (int) Math.min(Integer.MAX_VALUE - 16, Math.max(2L * buf.length, (long) used + k));
    byte[] big = new byte[size];
    System.arraycopy(buf, from, big, 0, used);
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
