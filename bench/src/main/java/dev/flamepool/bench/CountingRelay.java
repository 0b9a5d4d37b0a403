package dev.flamepool.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Passes connections on and counts their bytes, to learn how many a call takes on the wire. */
final class CountingRelay implements AutoCloseable {
  final AtomicLong requests = new AtomicLong();
  final AtomicLong replies = new AtomicLong();
  private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final InetSocketAddress target;

  CountingRelay(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    target =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    start(this::accept);
  }

  String address() {
    return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = server.accept();
      Socket far = new Socket(target.getAddress(), target.getPort());
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      start(() -> pass(near, far, requests));
      start(() -> pass(far, near, replies));
    }
  }

  private static void pass(Socket from, Socket to, AtomicLong count) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[64 * 1024];
      for (int n; (n = in.read(buffer)) > 0; ) {
        count.addAndGet(n);
        out.write(buffer, 0, n);
      }
    }
  }

  private interface Passing {
    void run() throws IOException;
  }

  private static void start(Passing work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // one of the two is done
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
