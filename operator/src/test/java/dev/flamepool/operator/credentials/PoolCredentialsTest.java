package dev.flamepool.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.world.Cluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolCredentialsTest {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private static final Duration LIFE = Duration.ofHours(25);
  private final ManualClock clock = new ManualClock();
  private final KubernetesClient client = Cluster.shared();
  private final String namespace = Cluster.namespace();
  private final String home = Cluster.namespace();
  private final FlamePool pool = client.resource(thumbs()).create();
  private final String uid = pool.getMetadata().getUid();
  private final PoolCredentials credentials = restarted();

  @AfterEach
  void stop() {
    Cluster.unhook(namespace);
    Cluster.unhook(home);
    client.namespaces().withName(namespace).delete();
    client.namespaces().withName(home).delete();
  }

  private PoolCredentials restarted() {
    return new PoolCredentials(client, home, clock);
  }

  private FlamePool thumbs() {
    FlamePool pool = new FlamePool();
    pool.setMetadata(new ObjectMetaBuilder().withName("thumbs").withNamespace(namespace).build());
    pool.setSpec(Serialization.unmarshal("{}", FlamePoolSpec.class));
    return pool;
  }

  private Secret callerSecret() {
    return client.secrets().inNamespace(namespace).withName("thumbs-client").get();
  }

  private Secret authoritySecret() {
    return client.secrets().inNamespace(home).withName("flame-ca-" + uid).get();
  }

  private static Map<String, byte[]> content(Secret secret) {
    Map<String, byte[]> content = new java.util.HashMap<>();
    secret.getData().forEach((name, text) -> content.put(name, Base64.getDecoder().decode(text)));
    return content;
  }

  private static X509Certificate certificate(Map<String, byte[]> files) throws Exception {
    return IssuedIdentity.certificate(files.get("cert.der"));
  }

  private void assertTrusted(Map<String, byte[]> files, Instant when) throws Exception {
    PKIXParameters parameters =
        new PKIXParameters(
            Set.of(new TrustAnchor(IssuedIdentity.certificate(files.get("ca.der")), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(when));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate(files))),
            parameters);
  }

  private static List<String> names(X509Certificate certificate) throws Exception {
    return certificate.getSubjectAlternativeNames().stream()
        .map(name -> (String) name.get(1))
        .toList();
  }

  @Test
  void everyPartyGetsWhatItNeedsAndNoMore() throws Exception {
    credentials.ensure(pool);
    Map<String, byte[]> caller = content(callerSecret());
    Map<String, byte[]> runner = credentials.runnerIdentity(uid, "uid-1", LIFE);
    Map<String, byte[]> operator = credentials.operatorIdentity(uid);

    assertThat(caller).containsOnlyKeys("ca.der", "cert.der", "key.pk8");
    assertThat(names(certificate(caller))).containsExactly("caller.flame");
    assertThat(certificate(caller).getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(names(certificate(runner))).containsExactly("uid-1.runner.flame");
    assertThat(certificate(runner).getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
    assertThat(names(certificate(operator))).containsExactly("operator.flame");
    assertThat(certificate(operator).getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(certificate(runner).getNotAfter().toInstant())
        .as("no longer than its runner")
        .isBetween(clock.instant().plus(LIFE).minusSeconds(1), clock.instant().plus(LIFE));
    for (Map<String, byte[]> files : List.of(caller, runner, operator)) {
      X509Certificate own = certificate(files);
      assertThat(own.getBasicConstraints()).as("no authority itself").isEqualTo(-1);
      ECPublicKey key = (ECPublicKey) own.getPublicKey();
      assertThat(key.getParams().getOrder().bitLength()).isEqualTo(256);
      assertTrusted(files, clock.instant());
      assertTrusted(files, clock.instant().minus(Duration.ofMinutes(4)));
    }
    assertThat(callerSecret().getMetadata().getOwnerReferences().get(0).getUid()).isEqualTo(uid);
    assertThat(callerSecret().getMetadata().getLabels())
        .containsEntry("flamepool.dev/pool", "thumbs");
  }

  @Test
  void theAuthorityOutlivesTheOperatorAndItsKeyStaysInItsNamespace() throws Exception {
    credentials.ensure(pool);
    byte[] ca = credentials.operatorIdentity(uid).get("ca.der");
    PoolCredentials next = restarted();
    assertThat(next.runnerIdentity(uid, "uid-1", LIFE).get("ca.der")).isEqualTo(ca);
    next.ensure(pool);
    assertThat(content(callerSecret()).get("ca.der")).isEqualTo(ca);
    String key = authoritySecret().getData().get("key.pk8");
    assertThat(callerSecret().getData()).doesNotContainValue(key);
  }

  @Test
  void callersAreRenewedAtHalfLifeByTheSameAuthority() throws Exception {
    credentials.ensure(pool);
    Map<String, byte[]> first = content(callerSecret());
    clock.advance(Duration.ofDays(14));
    credentials.ensure(pool);
    assertThat(content(callerSecret()).get("cert.der")).isEqualTo(first.get("cert.der"));
    clock.advance(Duration.ofDays(2));
    credentials.ensure(pool);
    Map<String, byte[]> second = content(callerSecret());
    assertThat(second.get("cert.der")).isNotEqualTo(first.get("cert.der"));
    assertThat(second.get("key.pk8")).isNotEqualTo(first.get("key.pk8"));
    assertThat(second.get("ca.der")).isEqualTo(first.get("ca.der"));
    assertTrusted(second, clock.instant());
    assertTrusted(credentials.operatorIdentity(uid), clock.instant().plus(Duration.ofDays(29)));
  }

  @Test
  void aForeignSecretIsNamedAndLeftAlone() {
    Secret foreign =
        new SecretBuilder()
            .withNewMetadata()
            .withName("thumbs-client")
            .withNamespace(namespace)
            .endMetadata()
            .addToData("mine", Base64.getEncoder().encodeToString(new byte[] {1}))
            .build();
    client.resource(foreign).create();
    assertThatThrownBy(() -> credentials.ensure(pool))
        .isInstanceOf(SecretConflictException.class)
        .hasMessageContaining(namespace + "/thumbs-client")
        .hasMessageContaining("pool thumbs");
    assertThat(callerSecret().getData()).isEqualTo(foreign.getData());
  }

  /** Its annotations, say, might have another controller copy the key elsewhere. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSecretThatSaysItIsThePoolsAndWasMadeBySomebodyElseIsReplaced(boolean immutable)
      throws Exception {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("thumbs-client")
                .withNamespace(namespace)
                .addToAnnotations("replicate-to", "elsewhere")
                .withOwnerReferences(
                    new OwnerReferenceBuilder()
                        .withApiVersion(pool.getApiVersion())
                        .withKind(pool.getKind())
                        .withName("thumbs")
                        .withUid(uid)
                        .build())
                .endMetadata()
                .withImmutable(immutable)
                .addToData("key.pk8", "")
                .build())
        .create();
    credentials.ensure(pool);
    assertThat(callerSecret().getMetadata().getAnnotations()).doesNotContainKey("replicate-to");
    assertTrusted(content(callerSecret()), clock.instant());
  }

  @Test
  void anOwnSecretThatSomebodyMadeImmutableIsRenewedAllTheSame() throws Exception {
    credentials.ensure(pool);
    client.resource(callerSecret().edit().withImmutable(true).build()).update();
    clock.advance(Duration.ofDays(20));
    credentials.ensure(pool);
    assertTrusted(content(callerSecret()), clock.instant().plus(Duration.ofDays(29)));
  }

  @Test
  void aSealIsKnownAgainByTheNextOperatorAndNotByAnotherAuthority() {
    credentials.ensure(pool);
    Secret object = new SecretBuilder().withNewMetadata().endMetadata().build();
    credentials.seal(uid).put(object, "boot", "a", "b");
    assertThat(restarted().seal(uid).isOn(object, "boot", "a", "b")).isTrue();
    assertThat(restarted().seal(uid).isOn(object, "boot", "ab", "")).isFalse();
    assertThat(credentials.seal(uid)).asString().isEqualTo("Seal[]");

    client.resource(authoritySecret()).delete();
    PoolCredentials next = restarted();
    assertThatThrownBy(() -> next.seal(uid)).isInstanceOf(MissingAuthorityException.class);
    next.ensure(pool);
    assertThat(next.seal(uid).isOn(object, "boot", "a", "b")).isFalse();
  }

  @Test
  void whoDeletesTheAuthorityRevokesAllCertificates() throws Exception {
    credentials.ensure(pool);
    Map<String, byte[]> before = content(callerSecret());
    String authority = credentials.seal(uid).authority();
    assertThat(credentials.formerOperatorIdentity(uid)).isEmpty();

    client.resource(authoritySecret()).delete();
    credentials.recheck(uid);
    credentials.ensure(pool);

    byte[] ca = content(callerSecret()).get("ca.der");
    assertThat(ca).isNotEqualTo(before.get("ca.der"));
    assertTrusted(content(callerSecret()), clock.instant());
    assertThat(credentials.operatorIdentity(uid).get("ca.der")).isEqualTo(ca);
    assertThat(credentials.runnerIdentity(uid, "u", LIFE).get("ca.der")).isEqualTo(ca);
    assertThat(credentials.seal(uid).authority()).isNotEqualTo(authority);
    Map<String, byte[]> former = credentials.formerOperatorIdentity(uid).orElseThrow();
    assertThat(former.get("ca.der")).as("for calls that run").isEqualTo(before.get("ca.der"));
    assertTrusted(former, clock.instant());
    assertThat(restarted().operatorIdentity(uid).get("ca.der")).as("stored").isEqualTo(ca);
  }

  /** The host's clock is ahead when the pool comes, and set right later. */
  @Test
  void whatAClockThatWasAheadHasDatedIsGoodAfterItWasSetRight() throws Exception {
    Instant truth = clock.instant();
    clock.advance(Duration.ofMinutes(10));
    credentials.ensure(pool);
    Map<String, byte[]> early = credentials.operatorIdentity(uid);
    PoolCredentials next = new PoolCredentials(client, home, Clock.fixed(truth, ZoneOffset.UTC));
    next.ensure(pool);
    for (Map<String, byte[]> files :
        List.of(early, content(callerSecret()), next.runnerIdentity(uid, "uid-1", LIFE))) {
      assertTrusted(files, truth);
    }
  }

  /** More than the margin ahead, in one process whose clock is set back; and a host that slept. */
  @Test
  void certificatesFollowTheTimeOfDay() throws Exception {
    ManualClock day = new ManualClock(clock.instant());
    PoolCredentials one = new PoolCredentials(client, home, day);
    day.advance(Duration.ofHours(30));
    one.ensure(pool);
    one.operatorIdentity(uid);
    day.advance(Duration.ofHours(-30));
    one.ensure(pool);
    assertTrusted(content(callerSecret()), day.instant());
    assertTrusted(one.operatorIdentity(uid), day.instant());
    day.advance(Duration.ofDays(40));
    one.ensure(pool);
    assertTrusted(content(callerSecret()), day.instant());
    assertTrusted(one.operatorIdentity(uid), day.instant());
    assertTrusted(one.runnerIdentity(uid, "uid-2", LIFE), day.instant());
  }

  private Role callerRole() {
    return client.rbac().roles().inNamespace(namespace).withName("thumbs-caller").get();
  }

  @Test
  void callersOfOnePoolHaveARoleThatGoesWithIt() {
    credentials.ensure(pool);
    Role role = callerRole();
    assertThat(role.getMetadata().getOwnerReferences().get(0).getUid()).isEqualTo(uid);
    assertThat(role.getRules())
        .extracting(rule -> rule.getResources() + " " + rule.getResourceNames() + rule.getVerbs())
        .containsExactly(
            "[secrets] [thumbs-client][get]",
            "[flamepools] [thumbs][get, list, watch]",
            "[flamecallers] [][create, patch, delete]");

    role.getRules().remove(0);
    client.resource(role).update();
    clock.advance(Duration.ofMinutes(2));
    credentials.ensure(pool);
    assertThat(callerRole().getRules()).as("restored").hasSize(3);
  }

  @Test
  void aForeignRoleStaysAndAnOperatorThatMayWriteNoneGoesOn() {
    client
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withName("thumbs-caller")
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    credentials.ensure(pool);
    assertThat(callerRole().getRules()).as("somebody else's").isEmpty();

    client.resource(callerRole()).delete();
    Cluster.hook(
        namespace,
        new RequestHook() {
          @Override
          public int before(String method, String path, String body) {
            return path.contains("/roles") ? 403 : PASS;
          }
        });
    clock.advance(Duration.ofMinutes(2));
    credentials.ensure(pool);
    Cluster.unhook(namespace);
    assertThat(callerRole()).isNull();
    assertThat(callerSecret()).isNotNull();
  }

  @Test
  void aDeletedClientSecretComesBack() throws Exception {
    credentials.ensure(pool);
    byte[] ca = content(authoritySecret()).get("ca.der");
    client.resource(callerSecret()).delete();
    clock.advance(Duration.ofMinutes(2));
    credentials.ensure(pool);
    assertThat(content(authoritySecret()).get("ca.der")).isEqualTo(ca);
    assertThat(content(callerSecret()).get("ca.der")).isEqualTo(ca);
  }

  @Test
  void aNewAuthorityBringsANewCallerCertificate() throws Exception {
    credentials.ensure(pool);
    client.resource(authoritySecret()).delete();
    PoolCredentials next = restarted();
    assertThatThrownBy(() -> next.runnerIdentity(uid, "uid-1", LIFE))
        .isInstanceOf(MissingAuthorityException.class);
    next.ensure(pool);
    assertTrusted(content(callerSecret()), clock.instant());
    assertThat(content(callerSecret()).get("ca.der"))
        .isEqualTo(next.operatorIdentity(uid).get("ca.der"));
  }

  @Test
  void manyOperatorsAtOnceAgreeOnOneAuthority() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<byte[]>> starts = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        PoolCredentials one = restarted();
        starts.add(
            () -> {
              one.ensure(pool);
              return one.operatorIdentity(uid).get("ca.der");
            });
      }
      byte[] stored = null;
      for (Future<byte[]> ca : threads.invokeAll(starts)) {
        stored = stored == null ? ca.get() : stored;
        assertThat(ca.get()).isEqualTo(stored);
      }
      assertTrusted(content(callerSecret()), clock.instant());
      assertThat(content(callerSecret()).get("ca.der")).isEqualTo(stored);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aLostAnswerToTheCreateIsMadeGoodByTheNextCall() throws Exception {
    List<String> creates = new ArrayList<>();
    Cluster.hook(
        home,
        new RequestHook() {
          @Override
          public void after(String method, String path, String body, int status)
              throws java.io.IOException {
            if (method.equals("POST") && creates.isEmpty()) {
              creates.add(path);
              throw new java.io.IOException("lost");
            }
          }
        });
    assertThatThrownBy(() -> credentials.ensure(pool))
        .isInstanceOf(KubernetesClientException.class);
    credentials.ensure(pool);
    assertThat(creates).hasSize(1);
    assertThat(credentials.operatorIdentity(uid).get("ca.der"))
        .isEqualTo(content(authoritySecret()).get("ca.der"));
    assertTrusted(content(callerSecret()), clock.instant());
  }

  @Test
  void forgettingRemovesTheKey() {
    credentials.ensure(pool);
    credentials.forget(uid);
    credentials.forget(uid);
    assertThat(authoritySecret()).isNull();
    assertThatThrownBy(() -> credentials.operatorIdentity(uid))
        .isInstanceOf(MissingAuthorityException.class);
  }
}
