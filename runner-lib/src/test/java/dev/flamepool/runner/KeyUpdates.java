package dev.flamepool.runner;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;

/** Both ends in one JVM whose TLS changes its keys every 64 KiB: calls that go on and pause. */
final class KeyUpdates {
  private static final int CALLS = 12;

  private KeyUpdates() {}

  public static void main(String[] args) throws Exception {
    try (TestRunner runner = new TestRunner(TestRunner.parent(4, false));
        TestRunner.Control control = runner.control(Role.CALLER, "c")) {
      SlotConnection slot = runner.slot("c", 1);
      for (int i = 0; i < CALLS; i++) {
        calls(slot, i);
        for (int k = 0; k < 200; k++) {
          control.send(new ControlMessage.Ping());
        }
      }
      if (control.closed.isDone()) {
        throw new AssertionError("the control connection ended", control.closed.join());
      }
      slot.close();
    }
    System.out.println("all is well");
    System.exit(0);
  }

  /** What brings much, what takes much, and every other time a pause before the next call. */
  private static void calls(SlotConnection slot, int i) throws InterruptedException {
    byte[] some = new byte[i % 3 == 0 ? 200_000 : 30_000];
    check(TestRunner.value(TestRunner.call(slot, () -> some.length)), some.length);
    int size = i % 4 == 0 ? 300_000 : 40_000;
    byte[] got = (byte[]) TestRunner.value(TestRunner.call(slot, () -> new byte[size]));
    check(got.length, size);
    if (i % 2 == 0) {
      Thread.sleep(60); // longer than a slot trusts that nothing has come meanwhile
    }
  }

  private static void check(Object got, int expected) {
    if (!got.equals(expected)) {
      throw new AssertionError(got + " instead of " + expected);
    }
  }
}
