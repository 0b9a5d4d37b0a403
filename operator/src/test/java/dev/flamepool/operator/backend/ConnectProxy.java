package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy of HTTP on loopback that knows CONNECT only, and leads every tunnel to one port of this
 * host, whatever was asked for.
 */
final class ConnectProxy implements AutoCloseable {
  private static final String WHO =
      """
      HTTP/1.1 407 Who
      Proxy-Authenticate: Basic realm="p"
      Content-Length: 0

      """;

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final int target;
  private final String login;

  /**
   * A proxy.
   *
   * @param login the Proxy-Authorization that it wants; empty for none
   */
  ConnectProxy(int target, String login) throws IOException {
    this.target = target;
    this.login = login;
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** The tunnels that were asked for and made, as {@code host:port}. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    try {
      while (true) {
        Socket in = server.accept();
        open.add(in);
        start(() -> serve(in));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket in) {
    try (in) {
      InputStream from = new BufferedInputStream(in.getInputStream());
      OutputStream to = in.getOutputStream();
      while (true) {
        String first = line(from);
        boolean known = login.isEmpty();
        for (String line = line(from); !line.isEmpty(); line = line(from)) {
          known |= line.equalsIgnoreCase("Proxy-Authorization: " + login);
        }
        if (!first.startsWith("CONNECT ")) {
          to.write("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
        } else if (!known) {
          to.write(WHO.replace("\n", "\r\n").getBytes(ISO_8859_1));
        } else {
          asked.add(first.split(" ", -1)[1]);
          tunnel(from, to);
          return;
        }
      }
    } catch (IOException e) {
      // the client's matter
    } finally {
      open.remove(in);
    }
  }

  private void tunnel(InputStream from, OutputStream to) throws IOException {
    try (Socket out = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(out);
      to.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(ISO_8859_1));
      start(
          () -> {
            try {
              out.getInputStream().transferTo(to);
            } catch (IOException e) {
              // its end
            }
          });
      from.transferTo(out.getOutputStream());
      open.remove(out);
    }
  }

  private static String line(InputStream from) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c != '\n'; c = from.read()) {
      if (c < 0) {
        throw new IOException("no more");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
