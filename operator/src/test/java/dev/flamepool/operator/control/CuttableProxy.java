package dev.flamepool.operator.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port that forwards to whatever the test says, and can lose all its connections. */
final class CuttableProxy implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int port;

  CuttableProxy() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Forwards new connections to a port of this host; 0 refuses them. */
  void to(int target) {
    port = target;
  }

  /** Loses every connection there is. */
  void cut() {
    open.forEach(CuttableProxy::end);
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket in = server.accept();
        try {
          Socket out = new Socket(InetAddress.getLoopbackAddress(), port);
          open.add(in);
          open.add(out);
          start(() -> pump(in, out));
          start(() -> pump(out, in));
        } catch (IOException | IllegalArgumentException e) {
          end(in);
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // cut
    } finally {
      end(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
