package dev.flamepool.e2e;

import java.util.concurrent.Callable;

/** A point at which the operator, or what it has begun, stands still until the trap is opened. */
interface Trap {
  /** From now on the operator runs into it. */
  void set() throws Exception;

  /** Whether the operator is there; stays true until the trap is opened. */
  boolean isSprung() throws Exception;

  /** What stands there goes on, and nothing is kept any more. */
  void open() throws Exception;

  /** The same point, known by one more sign. */
  default Trap where(Callable<Boolean> sign) {
    Trap point = this;
    return new Trap() {
      @Override
      public void set() throws Exception {
        point.set();
      }

      @Override
      public boolean isSprung() throws Exception {
        return point.isSprung() && sign.call();
      }

      @Override
      public void open() throws Exception {
        point.open();
      }
    };
  }
}
