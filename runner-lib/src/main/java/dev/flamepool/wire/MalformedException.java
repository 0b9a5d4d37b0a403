package dev.flamepool.wire;

import java.io.StreamCorruptedException;

/**
 * Bytes that no peer of this protocol sends: the connection they came on is ended. The message says
 * which field is out of range, its value, and what it may be.
 */
public final class MalformedException extends StreamCorruptedException {
  private static final long serialVersionUID = 1;

  MalformedException(String message) {
    super(message);
  }
}
