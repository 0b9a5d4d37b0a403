package dev.flamepool.runner;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Makes the runner's threads. Those of slots are platform ones, or virtual ones where the pool asks
 * for them and the JVM has them; all others are platform ones.
 */
final class Threads {
  /** Makes threads that are not started yet. */
  interface Maker {
    Thread make(Runnable work, String name);
  }

  private final @Nullable Method startVirtual;
  private final Maker maker;

  Threads(boolean virtual) {
    this(virtual, Threads::platform);
  }

  /** With another maker of platform threads, for tests. */
  Threads(boolean virtual, Maker maker) {
    startVirtual = virtual ? find() : null;
    this.maker = maker;
  }

  private static @Nullable Method find() {
    try {
      return Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      Say.warn("this JVM has no virtual threads; calls run on platform threads");
      return null;
    }
  }

  /** Whether slots get a thread of the system's to themselves. */
  boolean slotsArePlatform() {
    return startVirtual == null;
  }

  /** For slots. */
  void startSlot(Runnable r) {
    if (startVirtual == null) {
      start(r, Connections.SLOT_THREAD);
      return;
    }
    try {
      startVirtual.invoke(null, r);
    } catch (ReflectiveOperationException e) {
      start(r, Connections.SLOT_THREAD);
    }
  }

  /** A platform thread, not started. */
  Thread make(Runnable r, String name) {
    return maker.make(r, name);
  }

  /** On a platform thread. */
  Thread start(Runnable r, String name) {
    Thread t = make(r, name);
    t.start();
    return t;
  }

  /** For what belongs to the process, not to its runner. */
  static Thread startPlatform(Runnable r, String name) {
    Thread t = platform(r, name);
    t.start();
    return t;
  }

  private static Thread platform(Runnable r, String name) {
    Thread t = new Thread(r, name);
    t.setDaemon(true);
    return t;
  }
}
