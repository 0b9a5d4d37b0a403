package dev.flamepool.operator.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CloudSecretsTest {
  private final KubernetesClient client = Cluster.shared();
  private final String operator = Cluster.namespace();
  private final String namespace = Cluster.namespace();
  private final Tenant account = account("thumbs");

  private CloudSecrets secrets = new CloudSecrets(client, operator);

  private Tenant account(String app) {
    FlyBackend fly =
        new FlyBackend(
            app,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "https://x",
            null,
            null,
            null,
            null,
            new SecretKeyRef("fly", "token"));
    return new Tenant(namespace, new BackendEntry("fly", null, fly, null, null, null));
  }

  private void secret(Map<String, String> data) {
    SecretBuilder secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("fly")
            .withNamespace(namespace)
            .endMetadata();
    data.forEach(
        (key, value) ->
            secret.addToData(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
    client.secrets().inNamespace(namespace).withName("fly").delete();
    client.resource(secret.build()).create();
  }

  private void restart() {
    secrets = new CloudSecrets(client, operator);
  }

  @Test
  void theCopyOutlivesTheTenantsSecretAndTheOperator() {
    secret(Map.of("token", "t1", "another", "not copied"));
    assertThat(secrets.open(account, "fly", List.of("token"))).isEqualTo(Map.of("token", "t1"));
    client.secrets().inNamespace(namespace).withName("fly").delete();
    restart();
    assertThat(secrets.open(account, "fly", List.of("token"))).isEmpty();
    assertThat(secrets.kept(account)).containsExactly(Map.of("token", "t1"));
    assertThat(secrets.accounts(BackendKind.FLY)).containsExactly(account);
    assertThat(secrets.accounts(BackendKind.EC2)).isEmpty();
  }

  @Test
  void whatWorkedLastIsKeptUntilSomethingNewerWorks() {
    secret(Map.of("token", "t1"));
    secrets.worked(account, secrets.open(account, "fly", List.of("token")));
    secret(Map.of("token", "mistyped"));
    secrets.open(account, "fly", List.of("token"));
    restart();
    assertThat(secrets.kept(account))
        .containsExactly(Map.of("token", "t1"), Map.of("token", "mistyped"));
    secret(Map.of("token", "t2"));
    Map<String, String> mended = secrets.open(account, "fly", List.of("token"));
    secrets.worked(account, Map.of("token", "mistyped")); // told too late
    assertThat(secrets.kept(account)).containsExactly(Map.of("token", "t1"), mended);
    secrets.worked(account, mended);
    restart();
    assertThat(secrets.kept(account)).containsExactly(mended);
    assertThat(secrets.haveWorked(account)).isTrue();
  }

  @Test
  void whatNeverWorkedIsKnownAsSuch() {
    secret(Map.of("token", "junk"));
    secrets.open(account, "fly", List.of("token"));
    assertThat(secrets.haveWorked(account)).isFalse();
    restart();
    assertThat(secrets.haveWorked(account)).isFalse();
    secrets.worked(account, Map.of("token", "junk"));
    restart();
    assertThat(secrets.haveWorked(account)).isTrue();
  }

  @Test
  void twoOperatorsThatChangeACopyAtOnceLoseNothing() {
    secret(Map.of("token", "t1"));
    Map<String, String> first = secrets.open(account, "fly", List.of("token"));
    CloudSecrets other = new CloudSecrets(client, operator);
    other.open(account, "fly", List.of("token"));
    secrets.worked(account, first);
    secret(Map.of("token", "t2"));
    Map<String, String> second = other.open(account, "fly", List.of("token"));
    restart();
    assertThat(secrets.kept(account)).containsExactly(first, second);
    assertThat(secrets.haveWorked(account)).isTrue();
  }

  @Test
  void everyAccountHasACopyOfItsOwnUntilItIsForgotten() {
    secret(Map.of("token", "t1"));
    Tenant other = account("other");
    secrets.open(account, "fly", List.of("token"));
    secrets.open(other, "fly", List.of("token"));
    assertThat(secrets.accounts(BackendKind.FLY)).containsExactlyInAnyOrder(account, other);
    secrets.forget(account);
    assertThat(secrets.kept(account)).isEmpty();
    assertThat(secrets.accounts(BackendKind.FLY)).containsExactly(other);
    secrets.forget(account);
  }
}
