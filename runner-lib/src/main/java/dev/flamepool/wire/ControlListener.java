package dev.flamepool.wire;

import java.io.IOException;

/**
 * What comes in on a control connection. Called on the connection's reader thread, in order; must
 * not block.
 */
public interface ControlListener {
  /** A message arrived. Pings and pongs are kept below. */
  void received(ControlMessage message);

  /**
   * The connection is over: the peer closed it, it was silent for {@code linkTimeout}, or it was
   * closed here. Called once, last.
   */
  void closed(IOException cause);
}
