package dev.flamepool.bench;

import dev.flamepool.Pool;

/** What is called, and whether the reply is right. */
final class Work {
  static final String TEXT = "sixteen letters.";

  /** What the small call returns. */
  record Reply(String text, int number) {}

  private Work() {}

  /** Captures a String of 16 characters and an int, returns a record of the two. */
  static void small(Pool pool, int number) {
    String text = TEXT;
    Reply reply = pool.call(() -> new Reply(text, number));
    if (reply.number() != number || !reply.text().equals(TEXT)) {
      throw new IllegalStateException("call " + number + " returned " + reply);
    }
  }

  /** An array in and out. */
  static void large(Pool pool, byte[] array, int number) {
    stamp(array, number);
    check(pool.call(() -> array), array.length, number);
  }

  /** Marks an array at both ends. */
  static void stamp(byte[] array, int number) {
    array[0] = (byte) number;
    array[array.length - 1] = (byte) (number >> 8);
  }

  /** Whether an array came back whole. */
  static void check(byte[] reply, int length, int number) {
    if (reply.length != length
        || reply[0] != (byte) number
        || reply[length - 1] != (byte) (number >> 8)) {
      throw new IllegalStateException("the array of call " + number + " did not come back");
    }
  }
}
