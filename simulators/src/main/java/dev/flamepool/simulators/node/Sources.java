package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import org.jspecify.annotations.Nullable;

/** What the API server gives to containers. */
interface Sources {
  /**
   * A Secret; null if it is optional and missing.
   *
   * @throws NotYet if it is missing
   */
  @Nullable Secret secret(String namespace, String name, boolean optional) throws NotYet;

  /** As {@link #secret}. */
  @Nullable ConfigMap configMap(String namespace, String name, boolean optional) throws NotYet;

  /** A token of the Pod's service account, bound to the Pod. */
  String token(Pod pod, ServiceAccountTokenProjection asked) throws NotYet;
}
