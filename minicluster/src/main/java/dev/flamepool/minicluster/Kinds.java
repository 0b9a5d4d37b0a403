package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The kinds served now: the built-in ones, all listed here, and those of the definitions in the
 * store.
 */
final class Kinds {
  /** Group, version, kind, plural, short name, scope, and the subresources. */
  private static final String BUILTINS =
      """
      - v1 Namespace namespaces ns Cluster status
      - v1 ConfigMap configmaps cm Namespaced
      - v1 Secret secrets - Namespaced
      - v1 Service services svc Namespaced status
      - v1 ServiceAccount serviceaccounts sa Namespaced
      - v1 Pod pods po Namespaced status,binding
      - v1 Node nodes no Cluster status
      - v1 Event events ev Namespaced
      apps v1 Deployment deployments deploy Namespaced status
      apps v1 ControllerRevision controllerrevisions - Namespaced
      coordination.k8s.io v1 Lease leases - Namespaced
      rbac.authorization.k8s.io v1 Role roles - Namespaced
      rbac.authorization.k8s.io v1 RoleBinding rolebindings - Namespaced
      rbac.authorization.k8s.io v1 ClusterRole clusterroles - Cluster
      rbac.authorization.k8s.io v1 ClusterRoleBinding clusterrolebindings - Cluster
      authorization.k8s.io v1 SelfSubjectRulesReview selfsubjectrulesreviews - Cluster
      apiextensions.k8s.io v1 CustomResourceDefinition customresourcedefinitions crd Cluster status
      """;

  private final Map<String, Kind> byPath = new ConcurrentSkipListMap<>();

  Kinds() {
    BUILTINS.lines().map(Kinds::builtin).forEach(this::add);
  }

  private static Kind builtin(String line) {
    String[] words = line.replace("- ", " ").split(" ", -1);
    String names = words.length > 6 ? words[6].replace(",", ": {}, ") + ": {}" : "";
    JsonNode subresources = Json.of("{" + names + "}");
    List<String> shortNames = words[4].isEmpty() ? List.of() : List.of(words[4]);
    String template =
        "{spec: {group: %s, scope: %s, names: {kind: %s, plural: %s, shortNames: %s},"
            + " versions: [{name: %s, subresources: %s}]}}";
    return Kind.of(
        Json.of(
            template, words[0], words[5], words[2], words[3], shortNames, words[1], subresources));
  }

  private void add(Kind kind) {
    byPath.put(kind.apiVersion() + "/" + kind.plural(), kind);
  }

  Collection<Kind> all() {
    return byPath.values();
  }

  /** The kinds of a version, at least one. */
  List<Kind> in(String apiVersion) {
    List<Kind> found = all().stream().filter(k -> k.apiVersion().equals(apiVersion)).toList();
    if (found.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return found;
  }

  Kind find(String apiVersion, String plural) {
    return Optional.ofNullable(byPath.get(apiVersion + "/" + plural))
        .orElseThrow(ApiException::noSuchPath);
  }

  /** Follows the definitions in the store. */
  void follow(Store.Change change) {
    if (change.key().resource().equals(Kind.DEFINITIONS)) {
      all().removeIf(kind -> kind.resource().equals(change.key().name()));
      Stream.ofNullable(change.after()).map(Kind::of).forEach(this::add);
    }
  }
}
