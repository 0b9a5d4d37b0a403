package dev.flamepool.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A runner with a good certificate that says what a test likes, to one connection after another.
 */
final class Scripted implements AutoCloseable {
  static final String UID = "u-1";
  static final Certificates POOL = new Certificates();
  static final Identity RUNNER = POOL.runner(UID).identity();
  static final Identity CALLER = POOL.caller().identity();
  static final Identity OPERATOR = POOL.operator().identity();
  static final Hello HELLO = new Hello(Role.CALLER, "c", "ns/p", "v");

  /** What it does once the client's hello has been read. */
  interface Script {
    void play(Link link) throws IOException;
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final CompletableFuture<Void> serving;

  Scripted(Script script) throws IOException {
    serving =
        CompletableFuture.runAsync(
            () -> {
              while (!server.isClosed()) {
                serve(script);
              }
            },
            task -> new Thread(task).start());
  }

  private void serve(Script script) {
    try {
      Link link = Link.accept(server.accept(), RUNNER, 10_000);
      link.in.i8();
      link.in.u1();
      Frame.open(link.in, Limits.MAX_CONTROL_BYTES);
      link.in.unlimit();
      script.play(link);
      link.halfClose();
      while (true) {
        link.in.u1();
      }
    } catch (EOFException | SocketException e) {
      // the client has had enough
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Says hello as a runner does. */
  static void welcome(Link link) throws IOException {
    link.send(Handshake.ack(new HelloAck(1, UID, "ns/p", "v", List.of(), 5, Phase.SERVING)));
    link.readTimeout(0);
  }

  /** Welcomes, waits for the first byte of a call, and answers so. */
  static Scripted answering(Consumer<Out> answer) throws IOException {
    return new Scripted(
        link -> {
          welcome(link);
          link.in.u1();
          send(link, answer);
        });
  }

  static void send(Link link, Consumer<Out> message) throws IOException {
    Out out = new Out(256);
    message.accept(out);
    link.send(out);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
  }

  SlotConnection slot() throws IOException {
    return SlotConnection.open(address(), UID, CALLER, HELLO, 1, Timeouts.DEFAULT);
  }

  @Override
  public void close() throws IOException {
    server.close();
    serving.join();
  }
}
