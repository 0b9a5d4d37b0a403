package dev.flamepool.operator.leadership;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part in an election.
 *
 * @param identity what the Lease says of its holder; unique among all that live
 * @param pod the Pod it runs in, if that is known and in the Lease's namespace. It owns the Lease
 *     it holds: when the Pod is gone Kubernetes removes the Lease, and nobody waits until it runs
 *     out
 */
public record Holder(String identity, Optional<OwnerReference> pod) {
  /** The variables by which a manifest tells a Pod who it is. */
  static final String POD_NAME = "POD_NAME";

  static final String POD_NAMESPACE = "POD_NAMESPACE";
  static final String POD_UID = "POD_UID";

  /** What a process is that is in no Pod, or does not know in which: its host's name and more. */
  public static Holder anonymous(Map<String, String> environment) {
    String host = environment.getOrDefault("HOSTNAME", "operator");
    return new Holder(host + "_" + UUID.randomUUID(), Optional.empty());
  }

  /**
   * The Pod that the environment names. Containers of one Pod follow each other, so that one that
   * is started again leads at once; two processes at the same time must not have one name.
   *
   * @param namespace the Lease's: only a Pod of the same one can own it
   */
  public static Holder of(Map<String, String> environment, String namespace) {
    String name = environment.get(POD_NAME);
    String uid = environment.get(POD_UID);
    if (isBlank(name)) {
      return anonymous(environment);
    }
    if (isBlank(uid) || !namespace.equals(environment.get(POD_NAMESPACE))) {
      return new Holder(name, Optional.empty());
    }
    return new Holder(
        name,
        Optional.of(
            new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(name)
                .withUid(uid)
                .build()));
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  ObjectMeta metadata(String namespace, String lease) {
    return new ObjectMetaBuilder()
        .withNamespace(namespace)
        .withName(lease)
        .withOwnerReferences(pod.map(List::of).orElse(List.of()))
        .build();
  }
}
