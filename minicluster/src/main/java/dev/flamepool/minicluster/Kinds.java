package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The kinds served now: the built-in ones, all listed here, and those of the definitions in the
 * store.
 */
final class Kinds {
  /**
   * Version, kind, plural, short name, scope, whether status is a subresource, columns as
   * TITLE=path.
   */
  private static final String BUILTINS =
      """
      v1 Namespace namespaces ns Cluster status Status=.status.phase Age=
      v1 ConfigMap configmaps cm Namespaced -
      v1 Secret secrets - Namespaced - Type=.type Age=
      v1 Service services svc Namespaced status
      v1 ServiceAccount serviceaccounts sa Namespaced -
      v1 Pod pods po Namespaced status Status=.status.phase Age=
      v1 Node nodes no Cluster status
      v1 Event events ev Namespaced - Age=.lastTimestamp Type=.type Reason=.reason Kind=.involvedObject.kind Object=.involvedObject.name Message=.message
      apps/v1 Deployment deployments deploy Namespaced status
      apps/v1 ControllerRevision controllerrevisions - Namespaced -
      coordination.k8s.io/v1 Lease leases - Namespaced - Holder=.spec.holderIdentity Age=
      rbac.authorization.k8s.io/v1 Role roles - Namespaced -
      rbac.authorization.k8s.io/v1 RoleBinding rolebindings - Namespaced -
      rbac.authorization.k8s.io/v1 ClusterRole clusterroles - Cluster -
      rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings - Cluster -
      apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions crd Cluster status Created=.metadata.creationTimestamp
      """;

  private final Map<String, Kind> byPath = new ConcurrentSkipListMap<>();

  Kinds() {
    BUILTINS.lines().map(line -> Kind.builtin(line.split(" ", -1))).forEach(this::add);
  }

  private static String path(String apiVersion, String plural) {
    return apiVersion + "/" + plural;
  }

  private void add(Kind kind) {
    byPath.put(path(kind.apiVersion(), kind.plural()), kind);
  }

  Collection<Kind> all() {
    return byPath.values();
  }

  List<Kind> in(String apiVersion) {
    return all().stream().filter(kind -> kind.apiVersion().equals(apiVersion)).toList();
  }

  Optional<Kind> find(String apiVersion, String plural) {
    return Optional.ofNullable(byPath.get(path(apiVersion, plural)));
  }

  Kind namespaces() {
    return byPath.get(path("v1", Kind.NAMESPACES));
  }

  /**
   * Follows a definition that was created ({@code before} null), replaced, or removed ({@code
   * after} null).
   */
  void follow(JsonNode before, JsonNode after) {
    if (before != null) {
      Kind gone = Kind.fromDefinition(before);
      byPath.remove(path(gone.apiVersion(), gone.plural()));
    }
    if (after != null) {
      add(Kind.fromDefinition(after));
    }
  }
}
