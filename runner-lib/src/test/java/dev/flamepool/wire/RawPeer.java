package dev.flamepool.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** A client with a good certificate and a good hello that sends whatever a test likes. */
public final class RawPeer implements AutoCloseable {
  private final Link link;

  private RawPeer(Link link) {
    this.link = link;
  }

  /** A slot connection. */
  public static RawPeer slot(InetSocketAddress at, String uid, Identity identity, Hello hello)
      throws IOException {
    return open(at, uid, identity, hello, Protocol.KIND_SLOT);
  }

  /** A control connection. */
  public static RawPeer control(InetSocketAddress at, String uid, Identity identity, Hello hello)
      throws IOException {
    return open(at, uid, identity, hello, Protocol.KIND_CONTROL);
  }

  /** One that has not said hello. */
  public static RawPeer silent(InetSocketAddress at, String uid, Identity identity)
      throws IOException {
    return new RawPeer(Link.connect(at, Protocol.runnerName(uid), identity, Timeouts.DEFAULT));
  }

  private static RawPeer open(
      InetSocketAddress at, String uid, Identity identity, Hello hello, int kind)
      throws IOException {
    RawPeer peer = silent(at, uid, identity);
    Handshake.hello(peer.link, kind, 1, hello);
    peer.link.readTimeout(0);
    return peer;
  }

  public void send(Consumer<Out> message) throws IOException {
    Out out = new Out(256);
    message.accept(out);
    link.send(out);
  }

  /** Skips all that comes until the other end closes. */
  public void awaitEnd() {
    try {
      while (true) {
        link.in.u1();
      }
    } catch (IOException e) {
      // that is the end
    }
  }

  /** A message of a type that nobody knows yet, then a ping; returns once the pong is there. */
  public void askInTheFuture() throws IOException {
    Out later = new Out(16);
    later.string("of a later version");
    link.send(Frame.of(99, later));
    link.send(ControlCodec.encode(new ControlMessage.Ping()));
    while (!(ControlCodec.read(link.in) instanceof ControlMessage.Pong)) {
      // how full it is
    }
  }

  /** What no caller sends on a slot, each with its name. */
  public static Map<String, Consumer<Out>> malformedCalls() {
    Map<String, Consumer<Out>> all = new LinkedHashMap<>();
    all.put("an unknown type", out -> out.u1(99));
    all.put(
        "a number without an end",
        out -> {
          out.u1(Protocol.CALL);
          for (int i = 0; i < 12; i++) {
            out.u1(0xff);
          }
        });
    all.put("a site that was never described", out -> call(out, 0).vint(77));
    all.put(
        "a name of 2 GB",
        out -> {
          Out o = call(out, 0);
          o.vint(0);
          o.vlong(((long) Integer.MAX_VALUE << 1) | 1);
        });
    all.put("4 billion classes", out -> site(call(out, 0)).vint(-1));
    all.put(
        "a body of 4 exabytes",
        out -> {
          Out o = site(call(out, 0));
          o.vint(0);
          o.vlong(1L << 62);
        });
    all.put(
        "a body of less than nothing",
        out -> {
          Out o = site(call(out, 0));
          o.vint(0);
          o.vlong(-1);
        });
    all.put("a billion headers", out -> site(call(out, Protocol.FLAG_HEADERS)).vint(1 << 30));
    return all;
  }

  private static Out call(Out out, int flags) {
    out.u1(Protocol.CALL);
    out.vint(1);
    out.u1(flags);
    return out;
  }

  private static Out site(Out out) {
    out.vint(0);
    SiteRef.write(new Site("a", "b", "c", "d", 6, "e", "f", "g", "h", 0, false), out);
    return out;
  }

  /** What no caller sends on a control connection. */
  public static Map<String, Consumer<Out>> malformedControl() {
    Map<String, Consumer<Out>> all = new LinkedHashMap<>();
    all.put(
        "a message of 2 GB",
        out -> {
          out.u1(Protocol.WANT);
          out.vint(Integer.MAX_VALUE);
        });
    all.put(
        "a message shorter than its fields",
        out -> {
          out.u1(Protocol.CANCEL);
          out.vint(1);
          out.u1(5);
        });
    return all;
  }

  /** Bytes that are the same for the same seed. */
  public static Consumer<Out> garbage(long seed) {
    byte[] bytes = new byte[2_000];
    new Random(seed).nextBytes(bytes);
    return out -> out.bytes(bytes, 0, bytes.length);
  }

  @Override
  public void close() {
    link.abort();
  }
}
