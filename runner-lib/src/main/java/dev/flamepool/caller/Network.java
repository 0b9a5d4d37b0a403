package dev.flamepool.caller;

import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.Slot;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Timeouts;
import java.io.IOException;

/** Makes connections to runners. Blocks until they are there. */
interface Network {
  /** Mutual TLS over TCP. */
  Network TLS =
      new Network() {
        @Override
        public Slot slot(Route route, int number) throws IOException {
          return SlotConnection.open(
              route.address(),
              route.uid(),
              route.identity(),
              route.hello(),
              number,
              Timeouts.DEFAULT);
        }

        @Override
        public Control control(Route route, ControlListener listener) throws IOException {
          return ControlConnection.open(
              route.address(),
              route.uid(),
              route.identity(),
              route.hello(),
              Timeouts.DEFAULT,
              listener);
        }
      };

  /**
   * A slot.
   *
   * @param number unique among those of this process on that runner
   */
  Slot slot(Route route, int number) throws IOException;

  /** The control connection. */
  Control control(Route route, ControlListener listener) throws IOException;
}
