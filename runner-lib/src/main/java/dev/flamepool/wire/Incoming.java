package dev.flamepool.wire;

import dev.flamepool.wire.HelloRefusedException.Reason;
import java.io.IOException;
import java.net.Socket;
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
    Link link = Link.accept(raw, identity, handshakeMs);
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
    if (newest < Protocol.OLDEST || oldest > Protocol.VERSION) {
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
    int kind = in.u1();
    int roleNumber = in.u1();
    String callerId = in.string(128);
    int slot = in.vint();
    String pool = in.string(Limits.MAX_NAME);
    String version = in.string(Limits.MAX_NAME);
    in.unlimit();
    Role certified = link.peerRole();
    if (certified == null || roleNumber != Codes.of(certified)) {
      refuse(
          link,
          Reason.ROLE,
          "the client's certificate speaks for "
              + (certified == null ? "nobody" : certified.dnsName())
              + ", which is not what the client claims to be");
      return null;
    }
    if (certified == Role.OPERATOR && kind == Protocol.KIND_SLOT) {
      refuse(link, Reason.ROLE, "the operator makes no calls");
      return null;
    }
    Hello hello = new Hello(certified, callerId, pool, version);
    int protocol = Math.min(newest, Protocol.VERSION);
    return new Incoming(link, certified, hello, protocol, kind == Protocol.KIND_CONTROL, slot);
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
    link.send(Handshake.ack(ack));
    link.readTimeout(0);
    return new SlotEnd(link);
  }

  /** Answers hello; from here on it is a control connection. */
  public ControlEnd acceptControl(HelloAck ack) throws IOException {
    link.send(Handshake.ack(ack));
    return new ControlEnd(link);
  }

  /** Ends it at once. Any thread. */
  public void abort() {
    link.abort();
  }
}
