package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.FlameAllow;
import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.UnreadableException;
import java.io.Serializable;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.DESKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

/** Certificates and public keys travel, whatever made them; secret keys once they are allowed. */
class KeysTest {
  private static final ClassLoader APP = KeysTest.class.getClassLoader();

  static { // makes dev.flamepool the application's package
    Policy.own(KeysTest.class.getName());
  }

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  /** What a runner returns for a caller that allows nothing, or secrets. */
  private static final Policy NOTHING =
      Policy.results(KeysTest.class.getName(), Allowed.NOTHING, Allowed.NOTHING);

  @FlameAllow({"java.security.PrivateKey", "javax.crypto.SecretKey"})
  private static final class Trusting {
    static EncodedCall capturing(Object value) {
      Task<?> task = () -> value;
      return Closures.encode(task, Task.class, false);
    }
  }

  private static X509Certificate certificate() throws Exception {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
  }

  private static KeyPair pair(String algorithm) throws Exception {
    return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
  }

  private static Map<String, Object> open() throws Exception {
    X509Certificate certificate = certificate();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("certificate", certificate);
    all.put("certificates", new X509Certificate[] {certificate});
    all.put("path", CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)));
    all.put("its key", certificate.getPublicKey());
    all.put("its name", certificate.getSubjectX500Principal());
    for (String algorithm : List.of("RSA", "EC", "Ed25519", "X25519")) {
      all.put(algorithm, pair(algorithm).getPublic());
    }
    return all;
  }

  private static Map<String, Object> secret() throws Exception {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String algorithm : List.of("RSA", "EC", "Ed25519", "X25519")) {
      all.put(algorithm, pair(algorithm).getPrivate());
    }
    all.put("pair", pair("EC"));
    all.put("spec", new SecretKeySpec(new byte[16], "AES"));
    all.put("AES", KeyGenerator.getInstance("AES").generateKey());
    all.put("DES", SecretKeyFactory.getInstance("DES").generateSecret(new DESKeySpec(new byte[8])));
    return all;
  }

  private static List<Object> inside(Object value) {
    return List.of(
        value,
        new Graphs.Box(value, 1),
        Optional.of(value),
        Arrays.asList(1, value),
        Map.of(1, value));
  }

  private static Object read(Body body) throws Exception {
    return Closures.replies(APP).value(BodyIn.of(body));
  }

  /** Allowing lasts as long as the process, so what is refused comes first. */
  @Test
  void oneVerdictPerTypeAndSecretsOnceTheyAreAllowed() throws Exception {
    for (Map.Entry<String, Object> each : open().entrySet()) {
      for (Object value : inside(each.getValue())) {
        Task<?> task = () -> value;
        EncodedCall call = Closures.encode(task, Task.class, false);
        assertThat(call.body().needs()).as(each.getKey()).isEmpty();
        assertThat(read(new Sent(value, NOTHING).body())).as(each.getKey()).isNotNull();
      }
      assertThat(read(Results.encode(each.getValue()))).isEqualTo(each.getValue());
    }
    refused();
    allowed();
  }

  /** What a writer makes of one value. */
  private record Sent(Object value, Policy policy) {
    Body body() throws java.io.IOException {
      ValueWriter writer = new ValueWriter(64, true, policy);
      writer.values(new Object[] {value});
      return writer.body();
    }
  }

  private static void refused() throws Exception {
    for (Map.Entry<String, Object> each : secret().entrySet()) {
      for (Object value : inside(each.getValue())) {
        Task<?> task = () -> value;
        CaptureException e =
            catchThrowableOfType(
                CaptureException.class, () -> Closures.encode(task, Task.class, false));
        assertThat(e).as(each.getKey()).isNotNull();
        assertThat(e.type()).isIn("java.security.PrivateKey", "javax.crypto.SecretKey");
        assertThat(e.remedy())
            .contains("it is secret", "@FlameAllow(\"" + e.type() + "\")", "at both ends");
        boolean bare = value == each.getValue() && !(value instanceof KeyPair);
        assertThat(e.path().isEmpty()).as(each.getKey() + e.path()).isEqualTo(bare);
        assertThatThrownBy(() -> new Sent(value, NOTHING).body()).hasMessage(e.type());
      }
    }
  }

  private static void allowed() throws Exception {
    Policy trusting =
        Policy.results(
            KeysTest.class.getName(),
            Allowed.of(List.of("java.security.PrivateKey", "javax.crypto.SecretKey")),
            Allowed.NOTHING);
    Map<String, Object> secrets = secret();
    Body unasked = new Sent(secrets.get("RSA"), trusting).body();
    assertThatThrownBy(() -> read(unasked))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("a java.security.PrivateKey cannot be sent");
    for (Map.Entry<String, Object> each : secrets.entrySet()) {
      Object value = each.getValue();
      Reply reply = Closures.runHere(Trusting.capturing(value), APP, null);
      assertThat(reply).as(each.getKey()).isInstanceOf(Reply.Result.class);
      Object back = ((Reply.Result) reply).value();
      if (value instanceof KeyPair pair) {
        assertThat(((KeyPair) back).getPrivate()).isEqualTo(pair.getPrivate());
      } else {
        assertThat(back).isEqualTo(value);
      }
    }
  }
}
