package dev.flamepool.operator.backend;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer that may not be longer than it should be, so that no host fills the operator's memory.
 * Reading on throws a {@link TooLongException}. Not thread-safe.
 */
public final class BoundedStream extends FilterInputStream {
  private final long most;
  private long total;
  private long part;
  private long left;
  private @Nullable TooLongException exceeded;

  /**
   * An answer.
   *
   * @param most bytes of all of it
   */
  public BoundedStream(InputStream answer, long most) {
    super(answer);
    this.most = most;
    this.total = most;
    this.part = most;
    this.left = most;
  }

  /** What is read from now on, until this is called again, may have so many bytes. */
  public void nextPart(long bytes) {
    part = bytes;
    left = bytes;
  }

  /** That it was too long, for whoever hears only of what others made of that. */
  public Optional<TooLongException> exceeded() {
    return Optional.ofNullable(exceeded);
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    count(Math.max(read, 0));
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(bytes);
    count(skipped);
    return skipped;
  }

  private void count(long read) throws TooLongException {
    total -= read;
    left -= read;
    if (total < 0 || left < 0) {
      exceeded = new TooLongException(total < 0 ? most : part);
      throw exceeded;
    }
  }
}
