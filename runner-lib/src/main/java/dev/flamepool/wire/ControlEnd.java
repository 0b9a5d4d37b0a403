package dev.flamepool.wire;

import dev.flamepool.wire.ControlMessage.Ping;
import dev.flamepool.wire.ControlMessage.Pong;
import java.io.IOException;
import java.util.function.Consumer;

/** The runner's end of a control connection. {@link #send} and {@link #close} from any thread. */
public final class ControlEnd {
  private final ControlLink link;
  private final Role role;

  ControlEnd(Link link, Role role) {
    this.link = new ControlLink(link, Speech.ofClient());
    this.role = role;
  }

  /**
   * Reads on the calling thread until the end and returns its cause.
   *
   * @param handler gets every message; a ping has already been answered then
   */
  public IOException read(Consumer<ControlMessage> handler) {
    return link.read(
        m -> {
          Speech.checkClient(m, role);
          if (m instanceof Ping) {
            link.send(new Pong());
          }
          handler.accept(m);
        });
  }

  /** Sends one message; returns when it has left. */
  public void send(ControlMessage message) throws IOException {
    link.send(message);
  }

  /** Ends it. Never blocks. */
  public void close(String why) {
    link.end(new IOException(why));
  }
}
