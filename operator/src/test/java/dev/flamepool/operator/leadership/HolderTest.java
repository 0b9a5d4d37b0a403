package dev.flamepool.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HolderTest {
  private static final Map<String, String> POD =
      Map.of(
          "POD_NAME", "operator-a",
          "POD_UID", "uid-a",
          "POD_NAMESPACE", "system",
          "HOSTNAME", "node-1");

  @Test
  void aPodHoldsTheLeaseByItsNameAndOwnsIt() {
    Holder holder = Holder.of(POD, "system");
    assertThat(holder.identity()).isEqualTo("operator-a");
    assertThat(holder.metadata("system", "lease").getOwnerReferences())
        .singleElement()
        .extracting(OwnerReference::getKind, OwnerReference::getName, OwnerReference::getUid)
        .containsExactly("Pod", "operator-a", "uid-a");
  }

  /** Kubernetes removes at once what an owner elsewhere would own. */
  @Test
  void aPodOwnsNoLeaseOfAnotherNamespace() {
    Holder holder = Holder.of(POD, "elsewhere");
    assertThat(holder.identity()).isEqualTo("operator-a");
    assertThat(holder.metadata("elsewhere", "lease").getOwnerReferences()).isEmpty();
  }

  @Test
  void whoeverDoesNotKnowItsPodIsNobodyElseOnItsHost() {
    Map<String, String> host = Map.of("HOSTNAME", "laptop");
    assertThat(Holder.of(host, "system").identity())
        .startsWith("laptop_")
        .isNotEqualTo(Holder.of(host, "system").identity());
    assertThat(Holder.of(Map.of(), "system").identity()).isNotBlank();
  }
}
