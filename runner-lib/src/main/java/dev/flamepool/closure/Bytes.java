package dev.flamepool.closure;

import dev.flamepool.wire.HeapAccount;
import dev.flamepool.wire.Limits;
import dev.flamepool.wire.MessageTooLargeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectStreamConstants;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Java stream, or what a codec writes, as it grows. Not thread-safe, but for what its parent says
 * of itself.
 */
final class Bytes extends ByteArrayOutputStream {
  private static final int START = 512;

  private final @Nullable HeapAccount account;
  private long looked;

  /**
   * @param account pays for what it grows by; null if nobody counts
   */
  Bytes(@Nullable HeapAccount account) {
    super(START);
    this.account = account;
  }

  @Override
  public synchronized void write(int b) {
    if (count == buf.length) {
      grow(1);
    }
    super.write(b);
  }

  @Override
  public synchronized void write(byte[] b, int off, int len) {
    if (len > buf.length - count) {
      grow(len);
    }
    super.write(b, off, len);
  }

  private void grow(int more) {
    long size = Math.max(2L * buf.length, (long) count + more);
    if ((long) count + more > Limits.MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException((long) count + more, Limits.MAX_MESSAGE_BYTES);
    }
    if (account != null) {
      account.need(size);
    }
    int before = buf.length;
    buf = Arrays.copyOf(buf, (int) size);
    if (account != null) {
      account.giveBack(before);
    }
  }

  /** What it holds, and more. */
  byte[] array() {
    return buf;
  }

  /** Forgets the last four bytes, which are a number, and one before them. */
  int takeBackReference() {
    count -= 5;
    return number(count + 1);
  }

  interface Reference {
    void at(int number, int place) throws IOException;
  }

  /** Tells of each mention of an object by its number, and of what looks like one. */
  void references(Reference found) throws IOException {
    for (int i = 0; i + 5 <= count; i++) {
      if (buf[i] == ObjectStreamConstants.TC_REFERENCE) {
        found.at(number(i + 1), i);
      }
    }
    looked += count;
  }

  /** Bytes that were looked at again after they were written. */
  long looked() {
    return looked;
  }

  private int number(int at) {
    return buf[at] << 24
        | (buf[at + 1] & 0xff) << 16
        | (buf[at + 2] & 0xff) << 8
        | (buf[at + 3] & 0xff);
  }
}
