package dev.flamepool.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * One mutually authenticated TLS 1.3 connection as messages: {@link #in} to read, {@link #send} to
 * write. {@link #abort} ends it from any thread through the socket below TLS; closing an {@code
 * SSLSocket} whose owner is blocked in a write blocks too.
 */
final class Link {
  private static final String[] PROTOCOLS = {"TLSv1.3"};
  // AES-GCM only: ChaCha20 moves a seventh of the bytes.
  private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};
  private static final int ALERT_LINGER_MS = 1_000;

  final Socket raw;
  final In in;
  private final SSLSocket tls;
  private final BufferedSocket below;
  private final OutputStream out;
  private final Watchdog handshake;
  private final AtomicLong names = new AtomicLong();

  private Link(Socket raw, BufferedSocket below, SSLSocket tls, Watchdog handshake)
      throws IOException {
    this.raw = raw;
    this.handshake = handshake;
    this.below = below;
    this.tls = tls;
    in = new In(tls.getInputStream());
    out = tls.getOutputStream();
  }

  /**
   * Connects and demands that the peer's certificate carries {@code serverName}, which is sent as
   * SNI.
   */
  static Link connect(
      InetSocketAddress address, String serverName, Identity identity, Timeouts timeouts)
      throws IOException {
    Socket raw = new Socket();
    Watchdog watchdog = null;
    try {
      InetSocketAddress at =
          address.isUnresolved()
              ? new InetSocketAddress(address.getHostString(), address.getPort())
              : address;
      raw.connect(at, millis(timeouts.connect()));
      watchdog = new Watchdog(raw, millis(timeouts.handshake()));
      tune(raw);
      BufferedSocket below = new BufferedSocket(raw);
      SSLSocket tls = over(below, identity.context(), serverName, at.getPort());
      tls.setUseClientMode(true);
      SSLParameters demands = tls.getSSLParameters();
      demands.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(demands);
      tls.startHandshake();
      below.hold();
      return new Link(raw, below, tls, watchdog);
    } catch (SSLException e) {
      failed(raw, watchdog, e);
      throw new HelloRefusedException(
          HelloRefusedException.Reason.CERTIFICATE,
          serverName
              + " at "
              + address
              + " and this process do not accept each other: "
              + e.getMessage(),
          e);
    } catch (IOException | RuntimeException | Error e) {
      failed(raw, watchdog, e);
      throw e;
    }
  }

  /** Closes; throws if that was because of the time it took. */
  private static void failed(Socket raw, @Nullable Watchdog watchdog, Throwable cause)
      throws SocketTimeoutException {
    closeQuietly(raw);
    if (watchdog != null) {
      watchdog.callOff();
      if (watchdog.hasBitten()) {
        SocketTimeoutException late =
            new SocketTimeoutException("the TLS handshake was not done in time");
        late.initCause(cause);
        throw late;
      }
    }
  }

  /** Takes over an accepted socket; the client's certificate is demanded. */
  static Link accept(Socket raw, Identity identity, int handshakeMs) throws IOException {
    return accept(raw, identity, handshakeMs, Incoming.Stages.UNWATCHED);
  }

  /** The same; told how far it has come. */
  static Link accept(Socket raw, Identity identity, int handshakeMs, Incoming.Stages stages)
      throws IOException {
    BufferedSocket below = new BufferedSocket(raw);
    Watchdog watchdog = new Watchdog(raw, handshakeMs);
    try {
      tune(raw);
      below.awaitInput(); // what TLS needs is not there for who only connects
      stages.spoke();
      below.deferClose(true);
      SSLSocket tls = over(below, identity.context(), null, raw.getPort());
      tls.setUseClientMode(false);
      tls.setNeedClientAuth(true);
      tls.startHandshake();
      stages.certified();
      below.deferClose(false);
      below.hold();
      return new Link(raw, below, tls, watchdog);
    } catch (IOException | RuntimeException e) {
      lingerForAlert(raw);
      failed(raw, watchdog, e);
      throw e;
    }
  }

  private static SSLSocket over(
      BufferedSocket below, SSLContext context, @Nullable String host, int port)
      throws IOException {
    SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(below, host, port, true);
    tls.setEnabledProtocols(PROTOCOLS);
    tls.setEnabledCipherSuites(SUITES);
    return tls;
  }

  /** Keep-alive: a dead machine under a running call shows after 30 s. */
  private static void tune(Socket raw) throws SocketException {
    raw.setTcpNoDelay(true);
    raw.setKeepAlive(true);
    try {
      raw.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 15);
      raw.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
      raw.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
    } catch (UnsupportedOperationException | IOException e) {
      // this platform keeps its own intervals
    }
  }

  /**
   * Reads on for a moment after a failed handshake, else a reset would eat the alert that names the
   * reason.
   */
  private static void lingerForAlert(Socket raw) {
    try {
      raw.setSoTimeout(ALERT_LINGER_MS);
      byte[] rest = new byte[512];
      for (int i = 0; i < 64 && raw.getInputStream().read(rest) > 0; i++) {
        // discard
      }
    } catch (IOException e) {
      // long enough
    }
    closeQuietly(raw);
  }

  /** The role that the peer's certificate speaks for, or null. */
  @Nullable Role peerRole() throws IOException {
    X509Certificate peer = (X509Certificate) tls.getSession().getPeerCertificates()[0];
    Collection<List<?>> names;
    try {
      names = peer.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new IOException("unreadable names in " + peer.getSubjectX500Principal(), e);
    }
    if (names == null) {
      return null;
    }
    for (Role role : List.of(Role.OPERATOR, Role.CALLER)) {
      for (List<?> name : names) {
        if (name.get(0).equals(2) && role.dnsName().equals(name.get(1))) {
          return role;
        }
      }
    }
    return null;
  }

  /** Writes and flushes. */
  void send(Out message) throws IOException {
    message.writeTo(out);
    below.push();
  }

  /** Writes; the end of the message follows. */
  void write(Out part) throws IOException {
    part.writeTo(out);
  }

  /** The peer did not get to {@link #readTimeout} in time. */
  boolean isLate() {
    return handshake.hasBitten();
  }

  /**
   * The handshake and hello are done.
   *
   * @param ms how long a read waits before {@link In.Stall} is asked; 0 for ever
   */
  void readTimeout(int ms) throws IOException {
    handshake.callOff();
    if (ms > 0) {
      raw.setSoTimeout(ms);
    }
  }

  /**
   * True if a message has begun to arrive. What TLS has to say for itself, such as a change of
   * keys, is none, and is dealt with here. Never waits.
   */
  boolean hasMessage() throws IOException {
    if (in.buffered() > 0) {
      return true;
    }
    if (!below.hasInput()) {
      return false;
    }
    below.patient(false);
    try {
      in.ahead();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      below.patient(true);
    }
  }

  /** Takes what this connection may remember of names, in bytes; its end gives it back. */
  long grantNames() {
    long granted = NameRoom.OF_HEAP.grant();
    names.set(granted);
    if (raw.isClosed()) {
      forget();
    }
    return granted;
  }

  /** What was granted. */
  long names() {
    return names.get();
  }

  private void forget() {
    NameRoom.OF_HEAP.giveBack(names.getAndSet(0));
  }

  BufferedSocket below() {
    return below;
  }

  /** Ends the output: the peer reads what was sent, then the end. */
  void halfClose() throws IOException {
    below.shutdownOutput();
  }

  /** Ends the connection at once. Any thread; never blocks. */
  void abort() {
    in.end();
    handshake.callOff();
    closeQuietly(raw);
    below.end();
    forget();
  }

  String peer() {
    return String.valueOf(raw.getRemoteSocketAddress());
  }

  private static int millis(java.time.Duration d) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, d.toMillis()));
  }

  private static void closeQuietly(Socket s) {
    try {
      s.close();
    } catch (IOException e) {
      // closed all the same
    }
  }
}
