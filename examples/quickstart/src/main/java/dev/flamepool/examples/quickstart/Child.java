package dev.flamepool.examples.quickstart;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class, and ends when standard input closes: as it does when the parent dies,
 * however it dies.
 */
public final class Child {
  private Child() {}

  /** {@code Child MAIN_CLASS ARGUMENT...}. */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread watch = new Thread(Child::endWithParent, "parent");
    watch.setDaemon(true);
    watch.start();
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // only its end matters
      }
    } catch (IOException closed) {
      // that is its end
    }
    System.exit(0);
  }
}
