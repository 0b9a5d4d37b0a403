package dev.flamepool.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.wire.HelloRefusedException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is let in, and what those hear who are not. */
class HandshakeTest {
  private static final String UID = "u-1";
  private static final Certificates POOL = new Certificates();
  private static final Hello CALLER =
      new Hello(Role.CALLER, "c", "ns/p", "v", List.of("com.acme.model"));

  private ServerSocket server;

  @BeforeEach
  void open() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private CompletableFuture<Incoming> accept(Identity identity) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            Socket raw = server.accept();
            Incoming in = Incoming.accept(raw, identity, 5_000);
            if (in != null) {
              in.acceptSlot(
                  new HelloAck(
                      in.protocol(),
                      UID,
                      "ns/p",
                      "",
                      List.of(),
                      7,
                      Phase.SERVING,
                      List.of("java.awt.Point")));
            }
            return in;
          } catch (IOException e) {
            return null;
          }
        });
  }

  private SlotConnection connect(Identity identity, Hello hello) throws IOException {
    InetSocketAddress at =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    return SlotConnection.open(at, UID, identity, hello, 1, Timeouts.DEFAULT);
  }

  private void refused(
      Certificates.Minted runner, Certificates.Minted client, Hello hello, Reason reason) {
    CompletableFuture<Incoming> in = accept(runner.identity());
    assertThatThrownBy(() -> connect(client.identity(), hello))
        .isInstanceOfSatisfying(
            HelloRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(in.join()).isNull();
  }

  @Test
  void aCallerOfThePoolIsLetInByItsRunner() throws Exception {
    CompletableFuture<Incoming> in = accept(POOL.runner(UID).identity());
    try (SlotConnection s = connect(POOL.caller().identity(), CALLER)) {
      assertThat(s.ack().runnerUid()).isEqualTo(UID);
      assertThat(s.ack().maxConcurrency()).isEqualTo(7);
      assertThat(s.ack().takes()).containsExactly("java.awt.Point");
      assertThat(in.join().role()).isEqualTo(Role.CALLER);
      assertThat(in.join().hello()).isEqualTo(CALLER);
    }
  }

  @Test
  void aRunnerWithAnotherUidIsNotTheOneWeMeant() {
    refused(POOL.runner("u-2"), POOL.caller(), CALLER, Reason.CERTIFICATE);
  }

  @Test
  void aCallerOfAnotherPoolIsRefused() {
    Certificates other = new Certificates();
    Certificates.Minted foreign = other.caller();
    Certificates.Minted runner = POOL.runner(UID);
    // It believes our authority, so that the runner is the one that refuses.
    Certificates.Minted client =
        new Certificates.Minted(runner.ca(), foreign.cert(), foreign.key());
    refused(runner, client, CALLER, Reason.CERTIFICATE);
  }

  @Test
  void aRunnerOfAnotherPoolIsRefused() {
    refused(new Certificates().runner(UID), POOL.caller(), CALLER, Reason.CERTIFICATE);
  }

  @Test
  void aCallersCertificateIsNoRunners() {
    refused(
        POOL.mint(Protocol.runnerName(UID), KeyPurposeId.id_kp_clientAuth),
        POOL.caller(),
        CALLER,
        Reason.CERTIFICATE);
  }

  @Test
  void aRunnersCertificateIsNoCallers() {
    refused(POOL.runner(UID), POOL.runner("u-2"), CALLER, Reason.CERTIFICATE);
  }

  @Test
  void aCallerDoesNotBecomeTheOperatorBySayingSo() {
    refused(
        POOL.runner(UID), POOL.caller(), new Hello(Role.OPERATOR, "c", "ns/p", ""), Reason.ROLE);
  }

  @Test
  void aCertificateThatSpeaksForNobodyIsRefused() {
    refused(
        POOL.runner(UID),
        POOL.mint("someone.else", KeyPurposeId.id_kp_clientAuth),
        CALLER,
        Reason.ROLE);
  }

  @Test
  void withoutACertificateNobodyGetsIn() throws Exception {
    Certificates.Minted runner = POOL.runner(UID);
    CompletableFuture<Incoming> in = accept(runner.identity());
    KeyStore anchors = KeyStore.getInstance("JKS");
    anchors.load(null, null);
    anchors.setCertificateEntry(
        "ca",
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(new java.io.ByteArrayInputStream(runner.ca())));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(anchors);
    SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
    anonymous.init(null, trust.getTrustManagers(), null);
    try (SSLSocket s =
        (SSLSocket)
            anonymous
                .getSocketFactory()
                .createSocket(server.getInetAddress(), server.getLocalPort())) {
      s.setSoTimeout(5_000);
      assertThatThrownBy(
              () -> {
                s.startHandshake();
                if (s.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(in.join()).isNull();
  }
}
