package dev.flamepool.runner;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The child processes of one thread: Linux lists them by the thread that started them, until that
 * thread ends. Nothing is known on other systems. Not thread-safe.
 */
final class ThreadChildren implements AutoCloseable {
  /** Knows of none. */
  static final ThreadChildren UNKNOWN = new ThreadChildren(null);

  private static final Path PROC = Path.of("/proc");

  private static final long[] NONE = {};

  private final @Nullable RandomAccessFile list;
  private byte[] text = new byte[128];

  private ThreadChildren(@Nullable RandomAccessFile list) {
    this.list = list;
  }

  /** Those of the thread that calls this, a platform thread. */
  static ThreadChildren ofThisThread() {
    try {
      Path thread = Files.readSymbolicLink(PROC.resolve("thread-self"));
      if (!thread.startsWith(Long.toString(ProcessHandle.current().pid()))) {
        return UNKNOWN; // these are the processes of another namespace
      }
      Path children = PROC.resolve(thread).resolve("children");
      return new ThreadChildren(new RandomAccessFile(children.toFile(), "r"));
    } catch (IOException | RuntimeException e) {
      return UNKNOWN;
    }
  }

  /** Their numbers; those that have ended are among them until they are reaped. */
  long[] now() throws IOException {
    if (list == null) {
      return NONE;
    }
    list.seek(0);
    int length = 0;
    for (int n = list.read(text); n > 0; n = list.read(text, length, text.length - length)) {
      length += n;
      if (length == text.length) {
        text = Arrays.copyOf(text, 2 * length);
      }
    }
    if (length == 0) {
      return NONE; // at almost every call
    }
    String numbers = new String(text, 0, length, StandardCharsets.US_ASCII);
    return Arrays.stream(numbers.trim().split(" ")).mapToLong(Long::parseLong).toArray();
  }

  @Override
  public void close() {
    try {
      if (list != null) {
        list.close();
      }
    } catch (IOException e) {
      // nothing was written
    }
  }
}
