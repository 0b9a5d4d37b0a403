package dev.flamepool.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What people are told when the cluster refuses a request, in the words of a real API server. */
class TroubleTest {
  private static Trouble forbidden(String words) {
    KubernetesClientException answer =
        new KubernetesClientException(
            new StatusBuilder().withCode(403).withReason("Forbidden").withMessage(words).build());
    return Trouble.of(
        "https://api",
        "write demand on",
        "FlamePool shop/thumbs",
        "shop",
        "thumbs",
        new IllegalStateException("wrapped", answer));
  }

  /** An application may start before the operator has seen its pool. */
  @Test
  void aRoleThatIsBoundAndNotMadeYetIsWaitedFor() {
    Trouble trouble =
        forbidden(
            "flamepools.flamepool.dev \"thumbs\" is forbidden: User"
                + " \"system:serviceaccount:shop:web\" cannot list resource \"flamepools\" in API"
                + " group \"flamepool.dev\" in the namespace \"shop\": RBAC:"
                + " role.rbac.authorization.k8s.io \"thumbs-caller\" not found");
    assertThat(trouble.refused()).isFalse();
    assertThat(trouble.text())
        .contains("not allowed yet (403); the operator makes Role thumbs-caller with the pool")
        .doesNotContain("rolebinding");
  }

  @Test
  void aServiceAccountIsToldWhichRoleItLacksAndHowItGetsIt() {
    Trouble trouble =
        forbidden(
            "flamecallers.flamepool.dev is forbidden: User \"system:serviceaccount:apps:web\""
                + " cannot create resource \"flamecallers\" in API group \"flamepool.dev\" in the"
                + " namespace \"shop\"");
    assertThat(trouble.refused()).isTrue();
    assertThat(trouble.text())
        .startsWith("cannot write demand on FlamePool shop/thumbs: not allowed (403); ")
        .contains("service account apps:web lacks Role thumbs-caller")
        .endsWith(
            "kubectl create rolebinding web-calls-thumbs --role=thumbs-caller"
                + " --serviceaccount=apps:web -n shop");
  }

  @Test
  void soIsAUser() {
    assertThat(forbidden("x is forbidden: User \"jane@example.com\" cannot get resource").text())
        .endsWith(
            "kubectl create rolebinding calls-thumbs --role=thumbs-caller"
                + " --user='jane@example.com' -n shop");
  }

  @Test
  void anotherRefusalIsQuoted() {
    assertThat(forbidden("flamecallers is forbidden: exceeded quota: objects").text())
        .contains("thumbs-caller", "exceeded quota: objects");
  }

  @Test
  void whatMayPassIsNoRefusal() {
    Trouble trouble =
        Trouble.of("https://api", "watch", "FlamePool a/b", "a", "b", new IOException("late"));
    assertThat(trouble.refused()).isFalse();
    assertThat(trouble.text()).isEqualTo("cannot watch FlamePool a/b: https://api: late");
  }

  private static String why(String server, Throwable cause) {
    return Trouble.of(server, "watch", "it", "a", "b", new IllegalStateException(cause)).text();
  }

  @Test
  void whatCannotBeReachedIsToldWithAddressAndRemedy() {
    assertThat(why("https://api:6443", new ConnectException("Connection refused")))
        .contains("https://api:6443", "connection refused");
    assertThat(why("https://nowhere", new UnknownHostException("nowhere")))
        .contains("https://nowhere", "unknown host");
    assertThat(why("https://kubernetes.default.svc/", new UnknownHostException("kubernetes")))
        .contains("only Pods know that name");
    assertThat(why("https://api", new SSLHandshakeException("PKIX path building failed")))
        .contains("certificate is not trusted", "PKIX");
  }

  @Test
  void theSameIsSaidAgainOnlyAfterAWhile() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    Reminder reminder = new Reminder(now::get);
    assertThat(reminder.isDue("a")).isTrue();
    assertThat(reminder.isDue("a")).isFalse();
    assertThat(reminder.isDue("b")).isTrue();
    now.addAndGet(Duration.ofMinutes(9).toNanos());
    assertThat(reminder.isDue("a")).isFalse();
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(reminder.isDue("a")).isTrue();
  }
}
