package dev.flamepool.runner;

import java.io.IOException;
import java.net.Socket;

/** An accepted socket as {@link Arrivals} sees it. */
record SocketDoor(Socket raw) implements Arrivals.Door {
  @Override
  public boolean hasInput() {
    try {
      return raw.getInputStream().available() > 0;
    } catch (IOException e) {
      return false; // closed
    }
  }

  @Override
  public void shut() {
    close(raw);
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed all the same
    }
  }
}
