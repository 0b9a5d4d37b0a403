package dev.flamepool.caller;

/** An object that cannot be sent, counts, and notes its end in a file. */
final class Counter implements AutoCloseable {
  private final String file;
  private int count;

  Counter(String file) {
    this.file = file;
  }

  int next() {
    return ++count;
  }

  @Override
  public void close() {
    Work.touch(file);
    if (count < 0) {
      throw new IllegalStateException("closed badly");
    }
  }

  void spoil() {
    count = -10;
  }
}
