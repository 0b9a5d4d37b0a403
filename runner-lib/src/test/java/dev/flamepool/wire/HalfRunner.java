package dev.flamepool.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A runner over TLS that stops in the middle of its first call, and serves all later ones: each
 * with null. Its control connection lives on.
 */
public final class HalfRunner implements AutoCloseable {
  /** Where it stops. */
  public enum Stop {
    /** Before the handshake. */
    CONNECTING,
    /** It has asked for the call's body, and reads nothing of it. */
    SENDING,
    /** It has the call. */
    WAITING,
    /** It has sent half of the result. */
    RECEIVING
  }

  private static final int RESULT = 1 << 20;

  /** Bytes of a call that is sent to {@link Stop#SENDING}: more than the buffers of both ends. */
  public static final int BODY = 8 << 20;

  private final Certificates certificates;
  private final String uid;
  private final String pool;
  private final String code;
  private final Stop stop;
  private final boolean obeys;
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicInteger slots = new AtomicInteger();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final CountDownLatch cut = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<Socket> open = new ConcurrentLinkedQueue<>();

  /**
   * Starts one.
   *
   * @param pool {@code namespace/name}
   * @param obeys whether it answers the first call once that is cancelled
   */
  public HalfRunner(
      Certificates certificates, String uid, String pool, String code, Stop stop, boolean obeys)
      throws IOException {
    this.certificates = certificates;
    this.uid = uid;
    this.pool = pool;
    this.code = code;
    this.stop = stop;
    this.obeys = obeys;
    server.setReceiveBufferSize(64 * 1024); // soon full
    thread(this::accept);
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "half-runner");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      Identity identity = certificates.runner(uid).identity();
      while (true) {
        Socket raw = server.accept();
        open.add(raw);
        thread(() -> serve(raw, identity));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket raw, Identity identity) {
    try {
      if (stop == Stop.CONNECTING && stopped.getCount() > 0) {
        stopped.countDown();
        goesOn.await();
      }
      Link link = Link.accept(raw, identity, 30_000);
      link.in.i8();
      link.in.u1();
      Frame.open(link.in, Limits.MAX_CONTROL_BYTES);
      link.in.u1();
      link.in.u1();
      int kind = link.in.u1();
      link.in.unlimit();
      link.send(
          Handshake.ack(
              new HelloAck(
                  1,
                  uid,
                  pool,
                  kind == Protocol.KIND_CONTROL ? code : "",
                  List.of(),
                  5,
                  Phase.SERVING)));
      link.readTimeout(0);
      if (kind == Protocol.KIND_CONTROL) {
        control(link);
      } else {
        slot(link);
      }
    } catch (IOException e) {
      // the caller has had enough
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void control(Link link) throws IOException {
    while (true) {
      ControlMessage message = ControlCodec.read(link.in);
      if (message instanceof ControlMessage.Ping) {
        link.send(ControlCodec.encode(new ControlMessage.Pong()));
      } else if (message instanceof ControlMessage.Cancel) {
        cancelled.countDown();
      }
    }
  }

  private void slot(Link link) throws IOException, InterruptedException {
    int first = link.in.u1(); // of a call
    boolean stops = stop != Stop.CONNECTING && slots.getAndIncrement() == 0;
    if (!stops) {
      link.in.vint();
      if ((link.in.u1() & Protocol.FLAG_ADMIT_FIRST) != 0) {
        say(link, out -> out.u1(Protocol.ADMIT), 1, out -> {});
        for (int read = 0; read < BODY; read++) {
          link.in.u1();
        }
      }
      answer(link, 1);
      for (int call = 2; ; call++) {
        awaitCall(link);
        answer(link, call);
      }
    }
    if (first != Protocol.CALL && first != Protocol.STAY_CALL) {
      throw new IOException("message type " + first);
    }
    switch (stop) {
      case SENDING -> say(link, out -> out.u1(Protocol.ADMIT), 1, out -> {});
      case RECEIVING -> say(link, out -> out.u1(Protocol.RESULT), 1, HalfRunner::half);
      default -> {}
    }
    stopped.countDown();
    if (obeys) {
      cancelled.await();
      say(
          link,
          out -> out.u1(Protocol.FAILED),
          1,
          out -> {
            out.u1(Codes.of(Reply.Failed.Kind.CANCELLED));
            out.string("");
            value(out); // which is no exception
          });
      for (int call = 2; ; call++) {
        awaitCall(link);
        answer(link, call);
      }
    }
    if (stop != Stop.SENDING) {
      try {
        while (true) {
          link.in.u1();
        }
      } catch (IOException e) {
        cut.countDown();
      }
    }
  }

  /** Skips what is left of the call before. */
  private static void awaitCall(Link link) throws IOException {
    do {
      link.in.u1();
    } while (link.in.buffered() > 0);
  }

  private static void answer(Link link, int number) throws IOException {
    say(link, out -> out.u1(Protocol.RESULT), number, HalfRunner::value);
  }

  private static void say(Link link, Consumer<Out> type, int number, Consumer<Out> rest)
      throws IOException {
    Out out = new Out(256);
    type.accept(out);
    out.vint(number);
    rest.accept(out);
    link.send(out);
  }

  /** A body that holds null. */
  private static void value(Out out) {
    out.vint(0);
    out.vlong(2);
    out.u1(0);
    out.u1(0);
  }

  /** A body of a big array, of which the half comes. */
  private static void half(Out out) {
    out.vint(0);
    out.vlong(RESULT + 10);
    out.u1(0);
    out.u1(11);
    out.vint(RESULT);
    for (int i = 0; i < RESULT / 2; i++) {
      out.u1(7);
    }
  }

  /** Where it listens, {@code host:port}. */
  public String address() {
    InetSocketAddress at = (InetSocketAddress) server.getLocalSocketAddress();
    return at.getAddress().getHostAddress() + ":" + at.getPort();
  }

  /** Waits until it has stopped. */
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /** Waits until it was told to interrupt a call. */
  public void awaitCancel() throws InterruptedException {
    cancelled.await();
  }

  /** Waits until the connection on which it stopped was cut; not where it does not read. */
  public void awaitCut() throws InterruptedException {
    cut.await();
  }

  /** It shakes hands with whoever waits for that. */
  public void goOn() {
    goesOn.countDown();
  }

  @Override
  public void close() throws IOException {
    goOn();
    server.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
