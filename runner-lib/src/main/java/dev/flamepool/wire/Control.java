package dev.flamepool.wire;

import java.io.IOException;

/** A control connection to a runner, seen from its client. Thread-safe. */
public interface Control {
  /** What the runner said of itself. */
  HelloAck ack();

  /** Sends one message; returns when it has left. */
  void send(ControlMessage message) throws IOException;

  /** Ends the connection: the runner interrupts this caller's linked calls. Never blocks. */
  void close();
}
