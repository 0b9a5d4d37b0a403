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

  /** A hello as its parts, so that each can be wrong. */
  public record RawHello(
      int oldest,
      int newest,
      int kind,
      int role,
      String callerId,
      int slot,
      String pool,
      String version) {
    /** A good one of a caller for a control connection. */
    public static final RawHello GOOD =
        new RawHello(1, 1, Protocol.KIND_CONTROL, 0, "raw", 1, "default/thumbs", "");

    /** The same of the other role. */
    public RawHello of(Role other) {
      return new RawHello(oldest, newest, kind, Codes.of(other), callerId, slot, pool, version);
    }

    /** The same of another kind. */
    public RawHello kind(int other) {
      return new RawHello(oldest, newest, other, role, callerId, slot, pool, version);
    }

    /** The same with something else said of itself. */
    public RawHello saying(String otherId, int otherSlot, String otherPool, String otherVersion) {
      return new RawHello(oldest, newest, kind, role, otherId, otherSlot, otherPool, otherVersion);
    }
  }

  /** Says hello, and how it was answered. */
  public void hello(RawHello h) throws IOException {
    Out p = new Out(256);
    p.u1(h.oldest());
    p.u1(h.newest());
    p.u1(h.kind());
    p.u1(h.role());
    p.string(h.callerId());
    p.vint(h.slot());
    p.string(h.pool());
    p.string(h.version());
    Out m = new Out(300);
    m.i8((long) Protocol.MAGIC << 32);
    m.append(Frame.of(Protocol.HELLO, p));
    link.send(m);
    Handshake.answer(link.in, new Hello(Role.CALLER, "raw", "default/thumbs", ""));
  }

  public void send(Consumer<Out> message) throws IOException {
    Out out = new Out(256);
    message.accept(out);
    link.send(out);
  }

  /** The head of a call whose body of so many bytes is held back. */
  public static Consumer<Out> admitFirst(long body) {
    return out -> {
      site(call(out, Protocol.FLAG_ADMIT_FIRST)).vint(0);
      out.vlong(body);
    };
  }

  /** Waits until the body of its first call is asked for. */
  public void awaitAdmission() throws IOException {
    if (link.in.u1() != Protocol.ADMIT) {
      throw new IOException("it was not admitted");
    }
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
    all.put(
        "a header of 100 kB",
        out -> {
          Out o = site(call(out, Protocol.FLAG_HEADERS));
          o.vint(1);
          o.string("key");
          o.string("x".repeat(100_000));
        });
    all.put("flags of a later version", out -> call(out, 128));
    all.put("less than no time", out -> site(call(out, Protocol.FLAG_TIMEOUT)).vlong(-5));
    all.put(
        "the number of another call",
        out -> {
          out.u1(Protocol.CALL);
          out.vint(7);
        });
    all.put("no verb", out -> stay(out, 99, 0));
    all.put("less than no object", out -> stay(out, Codes.of(Stay.Verb.ON), -1));
    all.put(
        "a body of what needs none",
        out -> {
          Out o = stay(out, Codes.of(Stay.Verb.RELEASE), 0);
          o.vint(1);
          o.u1(0);
          o.vint(0);
          o.vlong(10);
        });
    all.put(
        "a lambda of no kind",
        out -> {
          Out o = call(out, 0);
          o.vint(0);
          SiteRef.write(new Site("a", "b", "c", "d", 200, "e", "f", "g", "h", 0, false), o);
        });
    all.put(
        "16 MB of class names, each of them fine",
        out -> {
          Out o = site(call(out, 0));
          String name = "n".repeat(4_000);
          o.vint(4_000);
          for (int i = 0; i < 4_000; i++) {
            o.vint(i);
            o.string(name);
          }
        });
    return all;
  }

  private static Out call(Out out, int flags) {
    out.u1(Protocol.CALL);
    out.vint(1);
    out.u1(flags);
    return out;
  }

  private static Out stay(Out out, int verb, long object) {
    out.u1(Protocol.STAY_CALL);
    out.u1(verb);
    out.vlong(object);
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
    int huge = Said.MAX_CALLS + 1;
    for (int n : new int[] {Integer.MIN_VALUE, -1, huge, Integer.MAX_VALUE}) {
      all.put("Want of " + n, frame(new ControlMessage.Want(n)));
      all.put("Returned of " + n, frame(new ControlMessage.Returned(n)));
    }
    all.put("Returned of none", frame(new ControlMessage.Returned(0)));
    all.put("Cancel on slot -1", frame(new ControlMessage.Cancel(-1, 1)));
    all.put("Cancel of call -1", frame(new ControlMessage.Cancel(1, -1)));
    return all;
  }

  /** What the operator alone may say, out of range. */
  public static Map<String, Consumer<Out>> malformedOrders() {
    Map<String, Consumer<Out>> all = new LinkedHashMap<>();
    all.put("Settings of -2 ms", frame(new ControlMessage.Settings(-2, 1, "warn")));
    all.put("Settings of ages", frame(new ControlMessage.Settings(1, Long.MAX_VALUE, "warn")));
    all.put("a level of two lines", frame(new ControlMessage.Settings(1, 1, "warn\nerror")));
    all.put("a level of 1 kB", frame(new ControlMessage.Settings(1, 1, "w".repeat(1_000))));
    all.put("Stop in -1 ms", frame(new ControlMessage.Stop(-1, "")));
    all.put(
        "kept 7",
        out -> {
          out.u1(Protocol.KEPT);
          out.vint(1);
          out.u1(7);
        });
    all.put(
        "a reason of 60 kB",
        out -> {
          Out p = new Out(64);
          p.i8(0);
          p.string("x".repeat(60_000));
          out.append(Frame.of(Protocol.STOP, p));
        });
    return all;
  }

  private static Consumer<Out> frame(ControlMessage m) {
    return out -> out.append(ControlCodec.encode(m));
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
