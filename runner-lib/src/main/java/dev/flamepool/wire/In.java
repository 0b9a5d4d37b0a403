package dev.flamepool.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Buffered, bounded reader of one connection; big arrays are read straight into their own memory. A
 * read time-out loses nothing: {@link Stall} is asked and reading goes on where it was. Not
 * thread-safe.
 */
public final class In {
  private static final int START = 1_024;
  private static final int SIZE = 8 * 1_024;

  /** Bytes of heap of an array and of a string without what they hold. */
  private static final int ARRAY = 16;

  private static final int STRING = 40 + ARRAY;

  /** Memory that is taken because a length says so, where no account has granted it. */
  private static final int ON_TRUST = 8 << 20;

  /** Asked whenever a read timed out. */
  interface Stall {
    Stall FAIL = () -> false;

    /** False to give up: the read fails. */
    boolean readOn();
  }

  private final InputStream is;
  private byte[] buf = new byte[START];
  private int at;
  private int end;
  private long base; // position in the stream of buf[0]
  private long limit = Long.MAX_VALUE;
  private Stall stall = Stall.FAIL;
  private final @Nullable In whole;
  private @Nullable HeapAccount account;
  private boolean head;
  private volatile boolean ended;

  In(InputStream is) {
    this(is, null);
  }

  /**
   * @param whole of which this is a part
   */
  In(InputStream is, @Nullable In whole) {
    this.is = is;
    this.whole = whole;
    account = whole == null ? null : whole.account;
  }

  /** What is read here takes its heap from that. */
  void account(HeapAccount of) {
    account = of;
  }

  /**
   * The head of a message begins: it is bounded, and counted without asking whether there is room,
   * as there is no way to skip it.
   */
  void beginHead() {
    head = true;
    limit(Limits.MAX_HEAD_BYTES);
  }

  /** It is over, and a body of that length follows, beyond which nothing may be read. */
  void beginBody(long length) {
    head = false;
    limit(length);
  }

  /** It is over, and nothing follows. */
  void endHead() {
    head = false;
    limit = Long.MAX_VALUE;
  }

  /**
   * To be asked before so many bytes of heap are taken for what is read.
   *
   * @throws HeapFullException if they are not there
   */
  public void take(long bytes) throws IOException {
    HeapAccount a = account;
    if (a != null && !a.take(bytes)) {
      lacking(a);
    }
  }

  private void lacking(HeapAccount a) throws IOException {
    if (!head && !a.await(this::goesOn)) {
      throw a.full();
    }
  }

  /**
   * So many bytes are to come.
   *
   * @throws HeapFullException if they would never be there
   */
  void expect(long bytes) throws IOException {
    HeapAccount a = account;
    if (a != null && !a.canHold(bytes)) {
      throw a.full();
    }
  }

  /** The connection is ended: what is being read is wanted no more. Any thread. */
  void end() {
    ended = true;
  }

  /**
   * To be asked now and then by who makes much of few bytes.
   *
   * @throws IOException if the connection was ended meanwhile, as after a deadline
   */
  public void goesOn() throws IOException {
    if (ended) {
      throw new IOException("the connection was ended while a message was read");
    }
    if (whole != null) {
      whole.goesOn();
    }
  }

  void stall(Stall s) {
    stall = s;
  }

  int buffered() {
    return end - at;
  }

  /** Reads ahead once; a time-out is the caller's. */
  void ahead() throws IOException {
    if (at == end) {
      base += end;
      at = 0;
      end = 0;
      int got = is.read(buf, 0, buf.length);
      if (got < 0) {
        throw new EOFException("the connection ended");
      }
      end = got;
    }
  }

  private long position() {
    return base + at;
  }

  /** Nothing beyond the next {@code length} bytes may be read until {@link #unlimit}. */
  void limit(long length) {
    limit = position() + length;
  }

  /** Skips what is left within the limit and lifts it. */
  void unlimit() throws IOException {
    if (limit != Long.MAX_VALUE) {
      skip(limit - position());
      limit = Long.MAX_VALUE;
    }
  }

  /** Bytes left within the limit. */
  public long remaining() {
    return limit - position();
  }

  private void skip(long left) throws IOException {
    while (left > 0) {
      if (at == end) {
        base += end;
        at = 0;
        end = 0;
        end = read(buf, 0, buf.length);
      }
      int n = (int) Math.min(left, end - at);
      at += n;
      left -= n;
    }
  }

  private int read(byte[] b, int off, int len) throws IOException {
    while (true) {
      try {
        int got = is.read(b, off, len);
        if (got < 0) {
          throw new EOFException("the connection ended");
        }
        return got;
      } catch (SocketTimeoutException e) {
        if (!stall.readOn()) {
          throw e;
        }
      }
    }
  }

  private void need(int k) throws IOException {
    if (k > limit - base - at) {
      throw new MalformedException("a value reaches beyond the end of its message");
    }
    if (end - at < k) {
      fill(k);
    }
  }

  private void fill(int k) throws IOException {
    if (at > 0) {
      System.arraycopy(buf, at, buf, 0, end - at);
      base += at;
      end -= at;
      at = 0;
    }
    if (buf.length < k) {
      byte[] big = new byte[SIZE];
      System.arraycopy(buf, 0, big, 0, end);
      buf = big;
    }
    while (end < k) {
      end += read(buf, end, buf.length - end);
    }
  }

  /** One byte. */
  public int u1() throws IOException {
    need(1);
    return buf[at++] & 0xff;
  }

  /** An unsigned number in groups of seven bits. */
  public int vint() throws IOException {
    int v = 0;
    for (int s = 0; s < 35; s += 7) {
      int b = u1();
      v |= (b & 0x7f) << s;
      if (b < 0x80) {
        return v;
      }
    }
    throw new MalformedException("a number does not end");
  }

  /** The same for long. */
  public long vlong() throws IOException {
    long v = 0;
    for (int s = 0; s < 70; s += 7) {
      int b = u1();
      v |= (long) (b & 0x7f) << s;
      if (b < 0x80) {
        return v;
      }
    }
    throw new MalformedException("a number does not end");
  }

  /** Eight bytes, big endian. */
  public long i8() throws IOException {
    need(8);
    long v = 0;
    for (int i = 0; i < 8; i++) {
      v = (v << 8) | (buf[at++] & 0xff);
    }
    return v;
  }

  /**
   * A count that cannot be larger than what is left, if each item takes at least {@code itemBytes}.
   */
  public int count(int itemBytes) throws IOException {
    int n = vint();
    if (n < 0 || (long) n * itemBytes > remaining()) {
      throw new MalformedException(
          "a count of " + Integer.toUnsignedString(n) + " reaches beyond the end of its message");
    }
    return n;
  }

  /**
   * That many bytes; checked against the limit and the account before memory is taken. Without an
   * account a big array never takes more than twice what has arrived.
   */
  public byte[] bytes(int len) throws IOException {
    if (len < 0 || len > remaining()) {
      throw new MalformedException(
          "an array of " + len + " bytes reaches beyond the end of its message");
    }
    take(len + ARRAY);
    byte[] b = new byte[account != null ? len : Math.min(len, ON_TRUST)];
    int have = Math.min(len, end - at);
    System.arraycopy(buf, at, b, 0, have);
    at += have;
    while (have < len) {
      if (have == b.length) {
        b = Arrays.copyOf(b, (int) Math.min(len, 2L * have));
      }
      int got = read(b, have, b.length - have);
      base += got;
      have += got;
    }
    return b;
  }

  /** A string as {@link Out#string} writes it, within the limit. */
  public String string() throws IOException {
    return string(Integer.MAX_VALUE);
  }

  /** A string as {@link Out#exactString} writes it, within the limit. */
  public String exactString() throws IOException {
    long head = vlong();
    if (head != Out.CHARACTERS) {
      return string(head, Integer.MAX_VALUE);
    }
    int n = count(2);
    take(STRING + 4L * n);
    char[] characters = new char[Math.min(n, ON_TRUST)];
    for (int i = 0; i < n; i++) {
      if (i == characters.length) {
        characters = Arrays.copyOf(characters, (int) Math.min(n, 2L * i));
      }
      characters[i] = (char) (u1() << 8 | u1());
    }
    return new String(characters);
  }

  /** A string as {@link Out#string} writes it, of at most so many bytes. */
  public String string(int max) throws IOException {
    return string(vlong(), max);
  }

  /** What decoding takes: the JDK makes two bytes of each where one is no ASCII, and copies. */
  private static long decoded(byte[] utf8) {
    for (byte b : utf8) {
      if (b < 0) {
        return 3L * utf8.length;
      }
    }
    return utf8.length;
  }

  @SuppressWarnings(
      "deprecation") // String(byte[], int, int, int) is a plain copy for what is Latin-1
  private String string(long head, int max) throws IOException {
    long len = head >>> 1;
    if (len > max || len > remaining()) {
      throw new MalformedException("a string of " + len + " bytes is too long");
    }
    int k = (int) len;
    take(STRING);
    if ((head & 1) == 1) {
      byte[] utf8 = bytes(k);
      take(decoded(utf8));
      return new String(utf8, StandardCharsets.UTF_8);
    }
    if (k > SIZE) {
      throw new MalformedException("a string of " + len + " characters in the short form");
    }
    need(k);
    take(k);
    String s = new String(buf, 0, at, k);
    at += k;
    return s;
  }
}
