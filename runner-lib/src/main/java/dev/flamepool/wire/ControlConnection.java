package dev.flamepool.wire;

import dev.flamepool.wire.ControlMessage.Ping;
import dev.flamepool.wire.ControlMessage.Pong;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The one control connection of a caller, or of the operator, to a runner. A daemon thread reads
 * and pings; a runner that is silent for 15 s is taken for gone. Thread-safe.
 */
public final class ControlConnection implements Control, AutoCloseable {
  private static final long PING_NANOS = 3_000_000_000L;

  private final ControlLink link;
  private final HelloAck ack;
  private final Role role;

  private ControlConnection(ControlLink link, HelloAck ack, Role role) {
    this.link = link;
    this.ack = ack;
    this.role = role;
  }

  /**
   * Connects, shakes hands, waits for the runner's answer to hello (which may take as long as it
   * needs to know its code version) and starts to read.
   *
   * @param address where the runner listens
   * @param runnerUid sent as SNI {@code <uid>.runner.flame} and demanded in the runner's
   *     certificate
   * @param identity of this caller or of the operator
   * @param listener called on the reader thread
   * @throws HelloRefusedException with the reason if either side does not accept the other
   * @throws IOException if the runner cannot be reached in time
   */
  public static ControlConnection open(
      InetSocketAddress address,
      String runnerUid,
      Identity identity,
      Hello hello,
      Timeouts timeouts,
      ControlListener listener)
      throws IOException {
    Link link = Link.connect(address, Protocol.runnerName(runnerUid), identity, timeouts);
    HelloAck ack;
    try {
      ack = Handshake.hello(link, Protocol.KIND_CONTROL, 0, hello);
      Handshake.checkUid(ack, runnerUid);
    } catch (IOException | RuntimeException e) {
      link.abort();
      throw e;
    }
    ControlConnection c =
        new ControlConnection(
            new ControlLink(link, Speech.ofRunner(hello.role())), ack, hello.role());
    Thread reader = new Thread(() -> c.read(listener), "flame-control-" + runnerUid);
    reader.setDaemon(true);
    reader.start();
    return c;
  }

  private void read(ControlListener listener) {
    IOException why =
        link.read(
            new ControlLink.Handler() {
              private long pinged = System.nanoTime() - PING_NANOS;

              @Override
              public void received(ControlMessage m) throws IOException {
                Speech.checkRunner(m, role, ack.maxConcurrency());
                if (!(m instanceof Pong)) {
                  listener.received(m);
                }
              }

              @Override
              public void tick() throws IOException {
                long now = System.nanoTime();
                if (now - pinged >= PING_NANOS) {
                  pinged = now;
                  link.send(new Ping());
                }
              }
            });
    listener.closed(why);
  }

  @Override
  public HelloAck ack() {
    return ack;
  }

  @Override
  public void send(ControlMessage message) throws IOException {
    link.send(message);
  }

  /** True until {@link ControlListener#closed}. */
  public boolean isOpen() {
    return link.isOpen();
  }

  @Override
  public void close() {
    link.end(new IOException("closed here"));
  }
}
