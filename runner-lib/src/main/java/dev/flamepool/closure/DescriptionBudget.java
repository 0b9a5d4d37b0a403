package dev.flamepool.closure;

import dev.flamepool.wire.In;
import java.io.IOException;
import java.io.StreamCorruptedException;

/**
 * What one {@link Description} may hold, counted down. The writer asks what there is room for, the
 * reader refuses what is beyond: a failure of a few kilobytes must not become a heap of objects.
 */
final class DescriptionBudget {
  static final int MAX_FRAMES = 256;
  static final int MAX_MESSAGE = 16 * 1024;

  /** Of a class, a method, a file. */
  static final int MAX_NAME = 1024;

  /** Causes of causes: what lies deeper is hardly read by anybody. */
  private static final int MAX_DEPTH = 16;

  private int throwables = 64;
  private int frames = 4 * 1024;
  private int characters = 512 * 1024;

  boolean hasRoom(int depth) {
    return throwables > 0 && depth < MAX_DEPTH;
  }

  /** One more exception; there must be room. */
  void take() {
    throwables--;
  }

  /** As much of the text as there is room for. */
  String cut(String text, int most) {
    String kept = text.substring(0, Math.min(text.length(), Math.min(most, characters)));
    characters -= kept.length();
    return kept;
  }

  /** As many of the frames as there is room for. */
  int cut(int wanted) {
    int n = Math.min(wanted, Math.min(MAX_FRAMES, frames));
    frames -= n;
    return n;
  }

  /** One more exception is read. */
  void read(int depth) throws StreamCorruptedException {
    if (!hasRoom(depth)) {
      throw refused("more exceptions than it may, or deeper ones");
    }
    take();
  }

  /** A text is read. */
  String read(In in, int most) throws IOException {
    String text = in.string(3 * most); // bytes of UTF-8
    characters -= text.length();
    if (characters < 0 || text.length() > most) {
      throw refused("more text than it may");
    }
    return text;
  }

  /** The number of frames is read. */
  int readFrames(In in) throws IOException {
    int n = in.vint();
    if (n < 0 || n != cut(n)) {
      throw refused(Integer.toUnsignedString(n) + " stack frames");
    }
    return n;
  }

  private static StreamCorruptedException refused(String what) {
    return new StreamCorruptedException("the description of a failure holds " + what);
  }
}
