package dev.flamepool.wire;

/** Growing memory to write a message into. */
public final class Out {
  /** Bytes written. */
  public long size() {
    return Pending.yet();
  }
}
