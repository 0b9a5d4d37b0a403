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
    takes(hello.takes(), p);
    p.vlong(kind == Protocol.KIND_SLOT ? link.grantNames() : 0);
    Out m = new Out(300);
    m.i8((long) Protocol.MAGIC << 32);
    m.append(Frame.of(Protocol.HELLO, p));
    try {
      link.send(m);
      return answer(link.in, hello);
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

  static HelloAck answer(In in, Hello hello) throws IOException {
    int type = in.u1();
    Frame.open(in, Limits.MAX_ANSWER_BYTES);
    if (type == Protocol.HELLO_REFUSED) {
      Reason reason = Codes.read(Reason.values(), in.u1(), Reason.OTHER);
      throw new HelloRefusedException(reason, Said.text("HelloRefused.message", in.string()));
    }
    if (type != Protocol.HELLO_ACK) {
      throw new MalformedException("message type " + type + " instead of an answer to hello");
    }
    int protocol = Said.number("HelloAck.protocol", in.u1(), Protocol.OLDEST, Protocol.VERSION);
    String uid = Said.name("HelloAck.runnerUid", in.string(), Said.MAX_ID);
    String pool = in.string();
    if (!pool.equals(hello.pool())) {
      throw Said.wrong("HelloAck.pool", pool, "it must be " + hello.pool());
    }
    String version = Said.line("HelloAck.codeVersion", in.string(), Said.MAX_VERSION);
    int maxConcurrency = Said.number("HelloAck.maxConcurrency", in.vint(), 1, Said.MAX_CALLS);
    Phase phase = Codes.read(Phase.values(), in.u1(), Phase.GONE);
    List<String> artifacts = artifacts(in);
    List<String> takes = takes("HelloAck.takes", in);
    long names = names("HelloAck.names", in);
    in.unlimit();
    return new HelloAck(
        protocol, uid, pool, version, artifacts, maxConcurrency, phase, takes, names);
  }

  private static void takes(List<String> names, Out p) {
    int n = Math.min(names.size(), Limits.MAX_TAKES);
    p.vint(n);
    names.subList(0, n).forEach(p::string);
  }

  /** Nothing where the peer is of a version that does not say it. */
  static List<String> takes(String field, In in) throws IOException {
    if (in.remaining() == 0) {
      return List.of();
    }
    int n = Said.number(field, in.vint(), 0, Limits.MAX_TAKES);
    List<String> names = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      names.add(Said.line(field, in.string(), Limits.MAX_TAKE));
    }
    return List.copyOf(names);
  }

  /** Without bound where the peer is of a version that does not say it: it bounds their number. */
  static long names(String field, In in) throws IOException {
    return in.remaining() == 0 ? Long.MAX_VALUE : Said.number(field, in.vlong(), 0, Long.MAX_VALUE);
  }

  /** What it says it is must be what its certificate says. */
  static void checkUid(HelloAck ack, String certified) throws MalformedException {
    if (!ack.runnerUid().equals(certified)) {
      throw Said.wrong("HelloAck.runnerUid", ack.runnerUid(), "its certificate says " + certified);
    }
  }

  private static List<String> artifacts(In in) throws IOException {
    int n = Said.number("HelloAck.artifacts", in.vint(), 0, Limits.MAX_ARTIFACTS);
    List<String> artifacts = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      String artifact = in.string();
      if (!isArtifact(artifact)) {
        throw Said.wrong(
            "HelloAck.artifacts",
            artifact,
            "one is name=digest of " + Limits.MAX_ARTIFACT + " characters");
      }
      artifacts.add(Said.text("HelloAck.artifacts", artifact));
    }
    return List.copyOf(artifacts);
  }

  private static boolean isArtifact(String text) {
    return text.indexOf('=') > 0 && text.length() <= Limits.MAX_ARTIFACT;
  }

  static Out ack(HelloAck ack) {
    Out p = new Out(256);
    p.u1(ack.protocol());
    p.string(ack.runnerUid());
    p.string(ack.pool());
    p.string(ack.codeVersion());
    p.vint(ack.maxConcurrency());
    p.u1(Codes.of(ack.phase()));
    List<String> artifacts = new ArrayList<>(ack.artifacts());
    artifacts.removeIf(artifact -> !isArtifact(artifact));
    int n = Math.min(artifacts.size(), Limits.MAX_ARTIFACTS);
    p.vint(n);
    artifacts.subList(0, n).forEach(p::string);
    takes(ack.takes(), p);
    p.vlong(ack.names());
    return Frame.of(Protocol.HELLO_ACK, p);
  }

  static Out refusal(Reason reason, String message) {
    Out p = new Out(128);
    p.u1(Codes.of(reason));
    p.string(Said.forPeer(message));
    return Frame.of(Protocol.HELLO_REFUSED, p);
  }
}
