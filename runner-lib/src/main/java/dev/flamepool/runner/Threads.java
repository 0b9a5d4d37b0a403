package dev.flamepool.runner;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Starts the threads of connections: platform ones, or virtual ones where the pool asks for them
 * and the JVM has them.
 */
final class Threads {
  private final @Nullable Method startVirtual;

  Threads(boolean virtual) {
    startVirtual = virtual ? find() : null;
  }

  private static @Nullable Method find() {
    try {
      return Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      Say.warn("this JVM has no virtual threads; calls run on platform threads");
      return null;
    }
  }

  /** For slots. */
  void startSlot(Runnable r) {
    if (startVirtual == null) {
      startPlatform(r, "flame-slot");
      return;
    }
    try {
      startVirtual.invoke(null, r);
    } catch (ReflectiveOperationException e) {
      startPlatform(r, "flame-slot");
    }
  }

  static Thread startPlatform(Runnable r, String name) {
    Thread t = new Thread(r, name);
    t.setDaemon(true);
    t.start();
    return t;
  }
}
