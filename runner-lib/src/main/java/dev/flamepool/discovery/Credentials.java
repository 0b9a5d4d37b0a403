package dev.flamepool.discovery;

import dev.flamepool.api.Names;
import dev.flamepool.wire.Identity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a pool's caller Secret. */
final class Credentials {
  private Credentials() {}

  /**
   * What was read, or why nothing was.
   *
   * @param identity null if it could not be read
   * @param trouble null if it could
   */
  record Found(@Nullable Identity identity, @Nullable Trouble trouble) {}

  static Found read(KubernetesClient client, String namespace, String pool) {
    String name = Names.clientSecret(pool);
    String which = "Secret " + namespace + "/" + name;
    try {
      Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
      if (secret == null) {
        return new Found(
            null,
            Trouble.passing(which + " is not there yet; the operator writes it: does it run?"));
      }
      Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
      return new Found(
          Identity.of(
              bytes(data, Identity.CA_FILE),
              bytes(data, Identity.CERTIFICATE_FILE),
              bytes(data, Identity.KEY_FILE)),
          null);
    } catch (KubernetesClientException e) {
      return new Found(
          null, Trouble.of(client.getMasterUrl().toString(), "read", which, namespace, pool, e));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return new Found(
          null,
          Trouble.passing(
              which
                  + " is malformed: "
                  + e.getMessage()
                  + "; delete it, the operator rewrites it"));
    }
  }

  private static byte[] bytes(Map<String, String> data, String key) {
    String value = data.get(key);
    if (value == null) {
      throw new IllegalArgumentException("key " + key + " is missing");
    }
    return Base64.getDecoder().decode(value);
  }
}
