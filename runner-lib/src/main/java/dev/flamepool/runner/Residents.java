package dev.flamepool.runner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects that stay here for a caller: what it placed, or what one of its results tracks. They
 * belong to the slot whose call left them; others may be attached and end with them.
 */
final class Residents {
  private final @Nullable Object[] objects; // null once closed
  private final List<SlotSession> guests = new ArrayList<>();
  private final List<ProcessHandle> processes = new ArrayList<>();
  private boolean over;

  Residents(List<?> objects) {
    this.objects = objects.toArray();
  }

  /**
   * That object.
   *
   * @throws IllegalStateException if it was closed
   */
  synchronized Object get(long index) {
    Object object = index < 0 || index >= objects.length ? null : objects[(int) index];
    if (object == null) {
      throw new IllegalStateException("the object was closed");
    }
    return object;
  }

  /** Closes that object if it can be closed. */
  @Nullable Object close(long index) throws Exception {
    Object object;
    synchronized (this) {
      object = get(index);
      objects[(int) index] = null;
    }
    close(object);
    return null;
  }

  private static void close(@Nullable Object object) throws Exception {
    if (object instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  synchronized boolean isEmpty() {
    return Arrays.stream(objects).allMatch(object -> object == null);
  }

  /** Another slot joins; false if all is over. */
  synchronized boolean attach(SlotSession guest) {
    return !over && guests.add(guest);
  }

  /** False if that is no guest but the slot they belong to. */
  synchronized boolean leave(SlotSession slot) {
    return guests.remove(slot);
  }

  /** What calls here have started ends with them; false if they are over. */
  synchronized boolean started(List<ProcessHandle> more) {
    processes.removeIf(process -> !process.isAlive());
    return !over && processes.addAll(more);
  }

  /** What calls here have started. */
  synchronized List<ProcessHandle> processes() {
    return List.copyOf(processes);
  }

  /** Closes what is left; guests are cut off. */
  void end() {
    Object[] open;
    List<SlotSession> left;
    synchronized (this) {
      over = true;
      open = objects.clone();
      Arrays.fill(objects, null);
      left = List.copyOf(guests);
    }
    left.forEach(SlotSession::abort);
    for (Object object : open) {
      try {
        close(object);
      } catch (Throwable e) {
        Say.warn("closing an object that a caller left here failed: " + e);
      }
    }
  }
}
