package dev.flamepool.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The raw TCP echo, what sockets and threads cost without anything above them: one thread per
 * connection, blocking. A connection begins with the sizes of its requests and replies. Prints its
 * port and ends with its parent.
 */
final class Echo {
  private Echo() {}

  /** Serves until the end of the process. */
  public static void main(String[] args) throws IOException {
    Jvm.endWithParent();
    try (ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
      System.out.write((server.getLocalPort() + "\n").getBytes(StandardCharsets.US_ASCII));
      System.out.flush();
      while (true) {
        Socket connection = server.accept();
        Thread thread = new Thread(() -> serve(connection), "echo");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      byte[] request = new byte[in.readInt()];
      byte[] reply = new byte[in.readInt()];
      while (true) {
        in.readFully(request);
        reply[0] = request[0];
        reply[reply.length - 1] = request[request.length - 1];
        out.write(reply);
      }
    } catch (EOFException e) {
      // the other end is done
    } catch (IOException e) {
      System.err.println("echo: " + e);
    }
  }

  /** One connection. Not thread-safe. */
  static final class Client implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private final byte[] request;
    private final byte[] reply;

    Client(int port, int requestBytes, int replyBytes) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
      request = new byte[requestBytes];
      reply = new byte[replyBytes];
      byte[] sizes = new byte[8];
      java.nio.ByteBuffer.wrap(sizes).putInt(requestBytes).putInt(replyBytes);
      socket.getOutputStream().write(sizes);
    }

    void exchange(int number) throws IOException {
      Work.stamp(request, number);
      socket.getOutputStream().write(request);
      in.readFully(reply);
      Work.check(reply, reply.length, number);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
