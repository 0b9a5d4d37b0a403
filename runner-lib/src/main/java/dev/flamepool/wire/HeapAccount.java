package dev.flamepool.wire;

import org.jspecify.annotations.Nullable;

/**
 * What one message after the other takes of the heap, counted as it grows. A small one takes its
 * own allowance and asks nobody. Sizes are those of objects as the JVM lays them out, about. For
 * one thread.
 */
public final class HeapAccount {
  /** Asked for at once, so that what grows does not ask for each of its objects. */
  private static final long STEP = 64 * 1024;

  private final @Nullable HeapRoom room;
  private final long allowance;
  private long left;
  private long taken;
  private long lacking;

  private HeapAccount(@Nullable HeapRoom room, long allowance) {
    this.room = room;
    this.allowance = allowance;
    left = allowance;
  }

  /** One of a room. */
  public static HeapAccount of(HeapRoom room, long allowance) {
    return new HeapAccount(room, allowance);
  }

  /** One of so many bytes and no more. */
  public static HeapAccount ofBytes(long most) {
    return new HeapAccount(null, most);
  }

  /** Takes so many bytes more; false if they are not there: then nothing else may be taken. */
  public boolean take(long bytes) {
    left -= bytes;
    return left >= 0 || more();
  }

  private boolean more() {
    lacking = -left;
    if (room == null) {
      return false;
    }
    long step = Math.max(lacking, STEP);
    long got = room.take(step) ? step : step > lacking && room.take(lacking) ? lacking : 0;
    taken += got;
    left += got;
    return got > 0;
  }

  /**
   * Takes so many bytes for what is to come, which is not counted again as it comes; false as
   * above.
   */
  public boolean reserve(long bytes) {
    if (!take(bytes)) {
      return false;
    }
    left += bytes;
    return true;
  }

  /** Gives back some of what was taken. */
  public void giveBack(long bytes) {
    left += bytes;
  }

  /** Whether what {@link #take} did not get is refused for good. */
  public boolean isForGood() {
    return room == null || !room.canHold(taken + lacking);
  }

  /** Whether a message of that size may fit at all. */
  boolean canHold(long bytes) {
    lacking = Math.max(0, bytes - allowance);
    return room == null ? lacking == 0 : room.canHold(lacking);
  }

  /** What {@link #take} or {@link #reserve} did not get, as an exception. */
  public HeapFullException full() {
    return new HeapFullException(refusal(), isForGood());
  }

  /** Why {@link #take} or {@link #reserve} did not get it. */
  public String refusal() {
    return room == null
        ? "it takes more than " + allowance + " bytes"
        : room.explain(allowance + taken + lacking, isForGood());
  }

  /**
   * Takes so many bytes more, and waits for them if others have them.
   *
   * @throws MessageTooLargeException if they do not come
   */
  public void need(long bytes) {
    if (take(bytes)) {
      return;
    }
    try {
      if (await(() -> {})) {
        return;
      }
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    throw new MessageTooLargeException(refusal());
  }

  /** Takes what is lacking once others leave; false if they do not in time. */
  boolean await(Waiting waiting) throws java.io.IOException {
    if (room == null) {
      return false;
    }
    long end = room.patience();
    while (!isForGood() && System.nanoTime() < end) {
      try {
        room.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      waiting.goesOn();
      if (more()) {
        return true;
      }
    }
    return false;
  }

  /** Whether to wait on. */
  interface Waiting {
    void goesOn() throws java.io.IOException;
  }

  /** The message is over: all is given back, and the next one begins. */
  public void close() {
    if (taken > 0 && room != null) {
      room.giveBack(taken);
    }
    taken = 0;
    left = allowance;
  }
}
