package dev.flamepool.wire;

/**
 * What code of others throws while it reads or writes a value is that value's failure, an
 * AssertionError as much as an exception. What the JVM itself lacks is not.
 */
public final class Fatal {
  private Fatal() {}

  /** Whether it is the JVM's: no memory, an internal error, but not too deep a recursion. */
  public static boolean is(Throwable t) {
    return t instanceof VirtualMachineError && !(t instanceof StackOverflowError);
  }

  /** Throws it on if it is the JVM's. */
  public static void rethrow(Throwable t) {
    if (is(t)) {
      throw (VirtualMachineError) t;
    }
  }
}
