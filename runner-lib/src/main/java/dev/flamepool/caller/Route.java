package dev.flamepool.caller;

import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The way to one runner: where it listens, and what this process shows and says there.
 *
 * @param endpoint the runner
 * @param peers what every connection to a runner of the pool is made with
 */
record Route(PoolView.Endpoint endpoint, Connections.Peers peers) {
  String uid() {
    return endpoint.uid();
  }

  Hello hello() {
    return peers.hello();
  }

  Identity identity() throws IOException {
    Identity identity = peers.identity();
    if (identity == null) {
      throw new IOException("no certificate to show to runner " + endpoint.runner());
    }
    return identity;
  }

  InetSocketAddress address() throws IOException {
    String text = endpoint.address();
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      return new InetSocketAddress(
          bracketed ? host.substring(1, host.length() - 1) : host,
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(
          "runner " + endpoint.runner() + " has the address '" + text + "', not host:port", e);
    }
  }
}
