package dev.flamepool.runner;

import java.lang.reflect.Proxy;

/**
 * SIGTERM. A signal handler drains before the application's own shutdown hooks run; a shutdown hook
 * does the same, less politely, before that handler is installed and on JVMs that have none.
 */
final class Termination {
  private Termination() {}

  static void onShutdown(Runner runner, ProcessExit exit, long graceMs) {
    Runtime.getRuntime().addShutdownHook(new ShutdownHook(runner, exit, graceMs));
  }

  /** Whether the JVM is shutting down. */
  static boolean isUnderWay() {
    try {
      return Runtime.getRuntime().removeShutdownHook(new Thread("flame-none"));
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** {@code sun.misc.Signal}, by reflection: the compiler warns of it where it is named. */
  static void onSignal(Runner runner, long graceMs) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, args) -> {
                if (method.getName().equals("handle")) {
                  runner.stop(graceMs, "told to end by SIGTERM");
                }
                return method.getName().equals("hashCode") ? (Object) 1 : null;
              });
      signal
          .getMethod("handle", signal, handlerType)
          .invoke(null, signal.getConstructor(String.class).newInstance("TERM"), handler);
    } catch (ReflectiveOperationException | RuntimeException e) {
      Say.info("no signal handler here (" + e + "); the shutdown hook drains");
    }
  }
}
