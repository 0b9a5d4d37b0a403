package dev.flamepool;

/**
 * The calls that wait in this process for a free slot, or for their turn on a placed object, hold
 * so much of its heap that this one was not taken: a quarter of the heap for each pool and object,
 * half of it in all. It never started; try again later, or raise the pool's {@code max}.
 */
public class QueueFullException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public QueueFullException(String message) {
    super(message);
  }
}
