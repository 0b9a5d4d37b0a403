package dev.flamepool.wire;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A slot, seen from the caller: one call at a time, written and read on the calling thread. Not
 * thread-safe but for {@link #abort}; a pool of slots hands it to one thread at a time.
 */
public final class SlotConnection implements AutoCloseable {
  /**
   * Connects, shakes hands and waits for the runner's answer to hello.
   *
   * @param address where the runner listens
   * @param runnerUid sent as SNI {@code <uid>.runner.flame} and demanded in the runner's
   *     certificate
   * @param identity of this caller
   * @param slot number of this slot, unique among those that {@code hello.callerId()} has open
   * @throws HelloRefusedException with the reason if either side does not accept the other
   * @throws IOException if the runner cannot be reached in time
   */
  public static SlotConnection open(
      InetSocketAddress address,
      String runnerUid,
      Identity identity,
      Hello hello,
      int slot,
      Timeouts timeouts)
      throws IOException {
    return Pending.yet();
  }

  /** What the runner said of itself. */
  public HelloAck ack() {
    return Pending.yet();
  }

  /** This slot's number, for {@link ControlMessage.Cancel}. */
  public int slot() {
    return Pending.yet();
  }

  /** False once the runner said goaway or the connection failed: then close it. */
  public boolean usable() {
    return Pending.yet();
  }

  /**
   * Makes one call and waits for its end. Never throws for what happens to the connection; the
   * reply says it.
   *
   * @param wait called about every 100 ms on this thread
   */
  public Reply call(EncodedCall call, CallOptions options, ReplyDecoder decoder, Wait wait) {
    return Pending.yet();
  }

  /** Ends the connection at once, whatever its thread is blocked in. Any thread. */
  public void abort() {
    Pending.yet();
  }

  /** Orderly end of an idle slot; on the thread that owns it. */
  @Override
  public void close() {
    Pending.yet();
  }
}
