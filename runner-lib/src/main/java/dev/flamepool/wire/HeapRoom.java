package dev.flamepool.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap messages of one kind may take together while they are read or written.
 * Thread-safe.
 */
public final class HeapRoom {
  /** What results that arrive in this process may take until they are read. */
  static final HeapRoom REPLIES = ofReplies(Runtime.getRuntime().maxMemory());

  /** How long what is done already waits for others to leave. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final Words words;
  private final long heap;
  private final long most;
  private final long patienceNanos;
  private final AtomicLong taken = new AtomicLong();

  /**
   * How a refusal speaks of it.
   *
   * @param what takes it
   * @param who has the heap, and what to do to give it more
   */
  private record Words(String what, String who, String share, String remedy) {}

  private HeapRoom(Words words, long heap, long most, long patienceNanos) {
    this.words = words;
    this.heap = heap;
    this.most = most;
    this.patienceNanos = patienceNanos;
  }

  /**
   * For what calls bring to a runner, from their admission to their end: half of its heap. What
   * does not fit now is refused at once, as it may go elsewhere.
   *
   * @param heap what it may grow to, in bytes
   */
  public static HeapRoom ofCalls(long heap) {
    Words words =
        new Words(
            "what the call brings",
            "a runner of this pool takes",
            "half",
            "give the runners more (-Xmx), or pass where the data is instead of the data");
    return new HeapRoom(words, heap, heap / 2, 0);
  }

  /**
   * For results of a runner, from their encoding until they are sent: a quarter of its heap, the
   * rest is for what they are encoded from. Big arrays are sent from where they are, and take
   * nothing.
   *
   * @param heap what it may grow to, in bytes
   */
  public static HeapRoom ofResults(long heap) {
    Words words =
        new Words(
            "the encoded result",
            "a runner of this pool takes",
            "a quarter",
            "give the runners more (-Xmx), or return where the data is instead of the data");
    return new HeapRoom(words, heap, heap / 4, PATIENCE_NANOS);
  }

  private static HeapRoom ofReplies(long heap) {
    Words words =
        new Words(
            "the result",
            "this process takes",
            "half",
            "give this process more (-Xmx), or return where the data is instead of the data");
    return new HeapRoom(words, heap, heap / 2, PATIENCE_NANOS);
  }

  /** False if that never fits. */
  boolean canHold(long bytes) {
    return bytes <= most;
  }

  /** False if it does not fit now; else {@link #giveBack} must follow. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= most) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Until when who asks now waits. */
  long patience() {
    return System.nanoTime() + patienceNanos;
  }

  /** Waits a moment for others to give back. */
  void await() throws InterruptedException {
    Thread.sleep(5);
  }

  /** Why so much is refused: for good, or now. */
  String explain(long bytes, boolean forGood) {
    String size = words.what() + " takes at least " + mebibytes(bytes);
    if (forGood) {
      return size
          + ", and "
          + words.who()
          + " at most "
          + mebibytes(most)
          + ", "
          + words.share()
          + " of its heap of "
          + mebibytes(heap)
          + ": "
          + words.remedy();
    }
    return size
        + ", and others hold "
        + mebibytes(taken.get())
        + " of the "
        + mebibytes(most)
        + " of the heap that are for that: make it again, or "
        + words.remedy();
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB (" + bytes + " bytes)";
  }
}
