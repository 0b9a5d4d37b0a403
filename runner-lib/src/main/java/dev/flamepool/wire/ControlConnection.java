package dev.flamepool.wire;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The one control connection of a caller, or of the operator, to a runner. A daemon thread reads
 * and pings; a runner that is silent for 15 s is taken for gone. Thread-safe.
 */
public final class ControlConnection implements AutoCloseable {
  /**
   * Connects, shakes hands, waits for the runner's answer to hello (which may take as long as it
   * needs to know its code version) and starts to read.
   *
   * @param address where the runner listens
   * @param runnerUid sent as SNI {@code <uid>.runner.flame} and demanded in the runner's
   *     certificate
   * @param identity of this caller or of the operator
   * @param listener called on the reader thread
   * @throws HelloRefusedException with the reason if either side does not accept the other
   * @throws IOException if the runner cannot be reached in time
   */
  public static ControlConnection open(
      InetSocketAddress address,
      String runnerUid,
      Identity identity,
      Hello hello,
      Timeouts timeouts,
      ControlListener listener)
      throws IOException {
    return Pending.yet();
  }

  /** What the runner said of itself. */
  public HelloAck ack() {
    return Pending.yet();
  }

  /** Sends one message; returns when it has left. */
  public void send(ControlMessage message) throws IOException {
    Pending.yet();
  }

  /** True until {@link ControlListener#closed}. */
  public boolean isOpen() {
    return Pending.yet();
  }

  /** Ends the connection: the runner interrupts this caller's linked calls. Never blocks. */
  @Override
  public void close() {
    Pending.yet();
  }
}
