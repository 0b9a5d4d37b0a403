package dev.flamepool.caller;

import dev.flamepool.QueueFullException;
import java.util.concurrent.atomic.AtomicLong;

/** How much heap calls that wait may hold: those of one queue, and those of all together. */
final class QueueRoom {
  private static final QueueRoom OF_HEAP = ofHeap(Runtime.getRuntime().maxMemory());

  private final long perQueue;
  private final long inAll;
  private final AtomicLong held = new AtomicLong();

  /**
   * Creates one.
   *
   * @param perQueue bytes; a call that waits alone may exceed it
   * @param inAll bytes of all queues
   */
  QueueRoom(long perQueue, long inAll) {
    this.perQueue = perQueue;
    this.inAll = inAll;
  }

  /**
   * A quarter of the heap for each queue, half of it for all of this process: the other half is the
   * work's.
   */
  static QueueRoom ofHeap() {
    return OF_HEAP;
  }

  private static QueueRoom ofHeap(long bytes) {
    return new QueueRoom(bytes / 4, bytes / 2);
  }

  /** Bytes that all queues hold. */
  long held() {
    return held.get();
  }

  /** What one queue holds of it. Its owner guards it. */
  final class Share {
    private long bytes;

    boolean fits(Call call) {
      long more = call.held();
      return bytes == 0 || (bytes + more <= perQueue && held.get() + more <= inAll);
    }

    void add(Call call) {
      bytes += call.held();
      held.addAndGet(call.held());
    }

    void remove(Call call) {
      bytes -= call.held();
      held.addAndGet(-call.held());
    }

    long bytes() {
      return bytes;
    }

    QueueFullException full(String what, Call call, String remedy) {
      return new QueueFullException(
          "Calls that wait for "
              + what
              + " hold "
              + bytes
              + " bytes of the heap, and all that wait in this process "
              + held.get()
              + ", so another of "
              + call.held()
              + " bytes was not taken: the limits are "
              + perQueue
              + " and "
              + inAll
              + ". "
              + remedy
              + " or give this process more heap (-Xmx).");
    }
  }
}
