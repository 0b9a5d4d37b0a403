package dev.flamepool.wire;

import dev.flamepool.wire.HelloRefusedException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Hello and its answer, first on every connection. In TLS 1.3 a client whose certificate is refused
 * finishes its handshake and learns it at its first read: that read is here, where it can be named.
 */
final class Handshake {
  private Handshake() {}

  static HelloAck hello(Link link, int kind, int slot, Hello hello) throws IOException {
    Out p = new Out(256);
    p.u1(Protocol.OLDEST);
    p.u1(Protocol.VERSION);
    p.u1(kind);
    p.u1(Codes.of(hello.role()));
    p.string(hello.callerId());
    p.vint(slot);
    p.string(hello.pool());
    p.string(hello.codeVersion());
    Out m = new Out(300);
    m.i8((long) Protocol.MAGIC << 32);
    m.append(Frame.of(Protocol.HELLO, p));
    try {
      link.send(m);
      return answer(link.in);
    } catch (IOException e) {
      if (link.isLate()) {
        throw new IOException(
            link.peer() + " accepted the connection and did not answer hello in time", e);
      }
      throw named(link, e);
    }
  }

  private static IOException named(Link link, IOException failure) {
    if (failure instanceof SSLException e) {
      return new HelloRefusedException(
          Reason.CERTIFICATE,
          link.peer() + " refused this process's certificate: " + e.getMessage(),
          e);
    }
    if (failure instanceof SocketException || failure instanceof EOFException) {
      return new IOException(
          link.peer()
              + " ended the connection instead of answering hello ("
              + failure.getMessage()
              + ")",
          failure);
    }
    return failure;
  }

  private static HelloAck answer(In in) throws IOException {
    int type = in.u1();
    Frame.open(in, Limits.MAX_CONTROL_BYTES);
    if (type == Protocol.HELLO_REFUSED) {
      Reason reason = Codes.read(Reason.values(), in.u1(), Reason.OTHER);
      throw new HelloRefusedException(reason, in.string(Limits.MAX_TEXT));
    }
    if (type != Protocol.HELLO_ACK) {
      throw new MalformedException("message type " + type + " instead of an answer to hello");
    }
    int protocol = in.u1();
    String uid = in.string(Limits.MAX_NAME);
    String pool = in.string(Limits.MAX_NAME);
    String version = in.string(Limits.MAX_NAME);
    int maxConcurrency = in.vint();
    Phase phase = Codes.read(Phase.values(), in.u1(), Phase.GONE);
    int n = in.count(1);
    List<String> artifacts = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      artifacts.add(in.string(Limits.MAX_NAME));
    }
    in.unlimit();
    return new HelloAck(
        protocol, uid, pool, version, List.copyOf(artifacts), maxConcurrency, phase);
  }

  static Out ack(HelloAck ack) {
    Out p = new Out(256);
    p.u1(ack.protocol());
    p.string(ack.runnerUid());
    p.string(ack.pool());
    p.string(ack.codeVersion());
    p.vint(ack.maxConcurrency());
    p.u1(Codes.of(ack.phase()));
    p.vint(ack.artifacts().size());
    for (String a : ack.artifacts()) {
      p.string(a);
    }
    return Frame.of(Protocol.HELLO_ACK, p);
  }

  static Out refusal(Reason reason, String message) {
    Out p = new Out(128);
    p.u1(Codes.of(reason));
    p.string(message);
    return Frame.of(Protocol.HELLO_REFUSED, p);
  }
}
