package dev.flamepool.bench;

import dev.flamepool.wire.Identity;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * The echo, what sockets and threads cost without anything above them, or with nothing but the
 * JDK's mutual TLS: one thread per connection, blocking. A connection begins with the sizes of its
 * requests and replies. Prints its port and ends with its parent.
 */
final class Echo {
  private static final int BACKLOG = 1024;
  private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256"};

  private Echo() {}

  /** Serves until the end of the process; an argument is the folder of an identity, for TLS. */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    Jvm.endWithParent();
    try (ServerSocket server = server(args.length == 0 ? null : Path.of(args[0]))) {
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

  private static ServerSocket server(@Nullable Path identity)
      throws IOException, GeneralSecurityException {
    if (identity == null) {
      return new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }
    SSLServerSocket server =
        (SSLServerSocket)
            Identity.fromFolder(identity)
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    server.setEnabledCipherSuites(SUITES);
    return server;
  }

  /** To an echo on this machine; over TLS if there is an identity to show. */
  static Socket connect(int port, @Nullable Identity identity) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    if (identity == null) {
      return new Socket(here, port);
    }
    return identity.context().getSocketFactory().createSocket(here, port);
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

    Client(Socket socket, int requestBytes, int replyBytes) throws IOException {
      this.socket = socket;
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
