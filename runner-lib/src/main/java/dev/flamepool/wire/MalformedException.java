package dev.flamepool.wire;

import java.io.StreamCorruptedException;

/** Bytes that no peer of this protocol sends. */
final class MalformedException extends StreamCorruptedException {
  private static final long serialVersionUID = 1;

  MalformedException(String message) {
    super(message);
  }
}
