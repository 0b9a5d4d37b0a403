package dev.flamepool.wire;

import java.io.IOException;

/**
 * A message with its length in front, so that a reader can skip a type or a field that it does not
 * know.
 */
final class Frame {
  private Frame() {}

  static Out of(int type, Out payload) {
    Out frame = new Out((int) payload.size() + 8);
    frame.u1(type);
    frame.vint((int) payload.size());
    frame.append(payload);
    return frame;
  }

  /** Reads the length that follows a type and limits reading to the payload. */
  static void open(In in, int max) throws IOException {
    int length = in.vint();
    if (length < 0 || length > max) {
      throw new MalformedException("a message of " + Integer.toUnsignedString(length) + " bytes");
    }
    in.limit(length);
  }
}
