package dev.flamepool.wire;

import dev.flamepool.wire.HelloRefusedException.Reason;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that reached the runner: authenticated, its hello read, not yet answered. */
public final class Incoming {
  private final Link link;
  private final Role role;
  private final Hello hello;
  private final int protocol;
  private final boolean control;
  private final int slot;

  private Incoming(Link link, Role role, Hello hello, int protocol, boolean control, int slot) {
    this.link = link;
    this.role = role;
    this.hello = hello;
    this.protocol = protocol;
    this.control = control;
    this.slot = slot;
  }

  /** Told on the accepting thread how far a connection has come. Must not block. */
  public interface Stages {
    /** Nobody looks. */
    Stages UNWATCHED =
        new Stages() {
          @Override
          public void spoke() {}

          @Override
          public void certified() {}
        };

    /** The first bytes are there. */
    void spoke();

    /** It has shown a certificate of the pool's authority. */
    void certified();
  }

  /**
   * Shakes hands and reads hello. A client without a fitting certificate, role or protocol is told
   * so and null comes back.
   *
   * @param raw an accepted socket; closed here when this fails
   * @param handshakeMs how long it may take altogether
   * @throws IOException if the connection broke or TLS refused it
   */
  public static @Nullable Incoming accept(Socket raw, Identity identity, int handshakeMs)
      throws IOException {
    return accept(raw, identity, handshakeMs, Stages.UNWATCHED);
  }

  /** The same; told how far it has come. */
  public static @Nullable Incoming accept(
      Socket raw, Identity identity, int handshakeMs, Stages stages) throws IOException {
    Link link = Link.accept(raw, identity, handshakeMs, stages);
    try {
      return read(link);
    } catch (IOException | RuntimeException e) {
      link.abort();
      throw e;
    }
  }

  private static @Nullable Incoming read(Link link) throws IOException {
    In in = link.in;
    if (in.i8() >>> 32 != Protocol.MAGIC || in.u1() != Protocol.HELLO) {
      throw new MalformedException("not a FlamePool client");
    }
    Frame.open(in, Limits.MAX_CONTROL_BYTES);
    int oldest = in.u1();
    int newest = in.u1();
    if (newest < Protocol.OLDEST || oldest > Protocol.VERSION || oldest > newest) {
      refuse(
          link,
          Reason.PROTOCOL,
          "the client speaks protocol "
              + oldest
              + " to "
              + newest
              + ", this runner "
              + Protocol.OLDEST
              + " to "
              + Protocol.VERSION
              + "; update the older of the two");
      return null;
    }
    int kindNumber = in.u1();
    int roleNumber = in.u1();
    Role role = link.peerRole();
    if (role == null || roleNumber != Codes.of(role)) {
      refuse(
          link,
          Reason.ROLE,
          "the client's certificate speaks for "
              + (role == null ? "nobody" : role.dnsName())
              + ", which is not what the client claims to be");
      return null;
    }
    Kind kind = Kind.of(kindNumber);
    if (kind == null || !kind.isFor(role)) {
      refuse(
          link,
          kind == null ? Reason.KIND : Reason.ROLE,
          "a connection of kind "
              + (kind == null ? String.valueOf(kindNumber) : kind)
              + " is not for "
              + role.dnsName());
      return null;
    }
    try {
      return read(link, role, kind, Math.min(newest, Protocol.VERSION));
    } catch (MalformedException e) {
      in.unlimit(); // what is left unread would reset the connection under the answer
      refuse(link, Reason.HELLO, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static Incoming read(Link link, Role role, Kind kind, int protocol) throws IOException {
    In in = link.in;
    String callerId = Said.name("Hello.callerId", in.string(), Said.MAX_ID);
    int slot = Said.number("Hello.slot", in.vint(), 0, Integer.MAX_VALUE);
    String pool = Said.line("Hello.pool", in.string(), Said.MAX_POOL);
    String version = Said.line("Hello.codeVersion", in.string(), Said.MAX_VERSION);
    List<String> takes = Handshake.takes("Hello.takes", in);
    long names = Handshake.names("Hello.names", in);
    in.unlimit();
    Hello hello = new Hello(role, callerId, pool, version, takes, names);
    return new Incoming(link, role, hello, protocol, kind == Kind.CONTROL, slot);
  }

  private static void refuse(Link link, Reason reason, String message) throws IOException {
    link.send(Handshake.refusal(reason, message));
    link.halfClose();
    link.abort();
  }

  /** Whom the certificate speaks for. */
  public Role role() {
    return role;
  }

  /** What the client says of itself. */
  public Hello hello() {
    return hello;
  }

  /** What both ends speak. */
  public int protocol() {
    return protocol;
  }

  /** A control connection, else a slot. */
  public boolean isControl() {
    return control;
  }

  /** The slot's number. */
  public int slot() {
    return slot;
  }

  /** Says no, with the reason, and closes. */
  public void refuse(Reason reason, String message) throws IOException {
    refuse(link, reason, message);
  }

  /** Answers hello; from here on it is a slot. */
  public SlotEnd acceptSlot(HelloAck ack) throws IOException {
    long names = link.grantNames();
    link.send(Handshake.ack(ack.remembering(names)));
    link.readTimeout(0);
    return new SlotEnd(link, names, hello.names());
  }

  /** Answers hello; from here on it is a control connection. */
  public ControlEnd acceptControl(HelloAck ack) throws IOException {
    link.send(Handshake.ack(ack));
    return new ControlEnd(link, role);
  }

  /** Ends it at once. Any thread. */
  public void abort() {
    link.abort();
  }
}
