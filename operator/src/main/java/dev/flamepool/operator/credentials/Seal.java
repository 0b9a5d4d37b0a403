package dev.flamepool.operator.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Marks what the operator writes into a namespace where others may write, too, so that it acts on
 * nothing else. Only who has a pool's authority can make its seals. Immutable and thread-safe;
 * never prints its key.
 */
public final class Seal {
  /** Annotation that holds it. */
  public static final String ANNOTATION = "flamepool.dev/seal";

  private static final String ALGORITHM = "HmacSHA256";
  private static final String PURPOSE = "flamepool seal";

  private final SecretKeySpec key;

  /**
   * A seal whose key follows from a secret, and from which that secret does not follow.
   *
   * @param secret of at least 32 bytes
   */
  public Seal(byte[] secret) {
    this.key = new SecretKeySpec(mac(new SecretKeySpec(secret, ALGORITHM), PURPOSE), ALGORITHM);
  }

  /** The mark of these parts in this order, in hex. What it is for should be the first of them. */
  public String of(String... parts) {
    return HexFormat.of().formatHex(mac(key, parts));
  }

  /** Tells authorities from each other, for all to read. */
  public String authority() {
    return of("authority").substring(0, 16);
  }

  /** Marks an object before it is created. */
  public void put(HasMetadata object, String... parts) {
    Map<String, String> annotations = new TreeMap<>();
    if (object.getMetadata().getAnnotations() != null) {
      annotations.putAll(object.getMetadata().getAnnotations());
    }
    annotations.put(ANNOTATION, of(parts));
    object.getMetadata().setAnnotations(annotations);
  }

  /** Whether an object carries the mark of these parts. */
  public boolean isOn(HasMetadata object, String... parts) {
    @Nullable Map<String, String> annotations = object.getMetadata().getAnnotations();
    String mark = annotations == null ? null : annotations.get(ANNOTATION);
    return mark != null && MessageDigest.isEqual(mark.getBytes(UTF_8), of(parts).getBytes(UTF_8));
  }

  /** Each part with its length, so that no other parts give the same bytes. */
  private static byte[] mac(SecretKeySpec key, String... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      for (String part : parts) {
        byte[] bytes = part.getBytes(UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        mac.update(bytes);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return "Seal[]";
  }
}
