package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | pods "t-0" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10 | QUOTA
          403 | pods "t-0" is forbidden: failed quota: compute: must specify limits.cpu for: app | CONFIGURATION
          403 | pods is forbidden: User "system:serviceaccount:flamepool-system:flamepool-operator" cannot create resource "pods" in API group "" in the namespace "shop" | CREDENTIALS
          403 | pods "t-0" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true | CONFIGURATION
          403 | pods "t-0" is forbidden: error looking up service account shop/x: serviceaccount "x" not found | CONFIGURATION
          403 | pods "t-0" is forbidden: no PriorityClass with name low was found | CONFIGURATION
          403 | pods "t-0" is forbidden: maximum cpu usage per Container is 1, but limit is 2 | CONFIGURATION
          403 | something else | CREDENTIALS
          400 | admission webhook "policy.example" denied the request: no latest tag | CONFIGURATION
          422 | Pod "t-0" is invalid: spec.containers[0].image: Required value | CONFIGURATION
          404 | namespaces "shop" not found | CONFIGURATION
          401 | Unauthorized | CREDENTIALS
          429 | too many requests | RATE_LIMITED
          409 | Operation cannot be fulfilled | AMBIGUOUS
          500 | Internal error occurred: failed calling webhook | AMBIGUOUS
          503 | apiserver is shutting down | AMBIGUOUS
          0   | timeout | AMBIGUOUS
          """)
  void aRefusalIsWhatItSays(int code, String words, Kind kind) {
    KubernetesClientException e =
        new KubernetesClientException(
            "Failure executing: POST",
            code,
            new StatusBuilder().withCode(code).withMessage(words).build());
    assertThat(PodError.ofCreate(e).kind()).isEqualTo(kind);
    assertThat(PodError.ofCreate(e)).hasMessage(words);
  }

  @Test
  void aNamespaceThatGoesIsNoFaultOfThePod() {
    KubernetesClientException e =
        new KubernetesClientException(
            "",
            403,
            new StatusBuilder()
                .withCode(403)
                .withMessage("namespace shop is being terminated")
                .withNewDetails()
                .addNewCause("metadata.namespace", "terminating", "NamespaceTerminating")
                .endDetails()
                .build());
    assertThatThrownBy(() -> PodError.ofCreate(e))
        .isInstanceOf(NamespaceTerminatingException.class);
  }
}
