package dev.flamepool.closure;

import java.io.ByteArrayOutputStream;

/** A Java stream as it grows. Not thread-safe, but for what its parent says of itself. */
final class Bytes extends ByteArrayOutputStream {
  Bytes() {
    super(512);
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

  /** Whether an object of that number is mentioned in the bytes from there on. */
  boolean mentions(int handle, int from) {
    for (int i = from; i + 5 <= count; i++) {
      if (buf[i] == java.io.ObjectStreamConstants.TC_REFERENCE && number(i + 1) == handle) {
        return true;
      }
    }
    return false;
  }

  private int number(int at) {
    return buf[at] << 24
        | (buf[at + 1] & 0xff) << 16
        | (buf[at + 2] & 0xff) << 8
        | (buf[at + 3] & 0xff);
  }
}
