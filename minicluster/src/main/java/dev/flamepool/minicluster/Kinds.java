package dev.flamepool.minicluster;

import static dev.flamepool.minicluster.Kind.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.minicluster.Kind.Column;
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
  private static final boolean NAMESPACED = true;
  private static final boolean CLUSTER = false;
  private static final boolean STATUS = true;
  private static final boolean PLAIN = false;
  private static final String RBAC = "rbac.authorization.k8s.io/v1";

  private static final List<Kind> BUILTINS =
      List.of(
          builtin(
              "v1",
              "Namespace",
              "namespaces",
              "ns",
              CLUSTER,
              STATUS,
              text("Status", ".status.phase"),
              age()),
          builtin("v1", "ConfigMap", "configmaps", "cm", NAMESPACED, PLAIN),
          builtin("v1", "Secret", "secrets", "", NAMESPACED, PLAIN, text("Type", ".type"), age()),
          builtin("v1", "Service", "services", "svc", NAMESPACED, STATUS),
          builtin("v1", "ServiceAccount", "serviceaccounts", "sa", NAMESPACED, PLAIN),
          builtin(
              "v1",
              "Pod",
              "pods",
              "po",
              NAMESPACED,
              STATUS,
              text("Status", ".status.phase"),
              age()),
          builtin("v1", "Node", "nodes", "no", CLUSTER, STATUS),
          builtin(
              "v1",
              "Event",
              "events",
              "ev",
              NAMESPACED,
              PLAIN,
              date("Last Seen", ".lastTimestamp"),
              text("Type", ".type"),
              text("Reason", ".reason"),
              text("Kind", ".involvedObject.kind"),
              text("Object", ".involvedObject.name"),
              text("Message", ".message")),
          builtin("apps/v1", "Deployment", "deployments", "deploy", NAMESPACED, STATUS)
              .withScale(".spec.replicas", ".status.replicas", ""),
          builtin("apps/v1", "ControllerRevision", "controllerrevisions", "", NAMESPACED, PLAIN),
          builtin(
              "coordination.k8s.io/v1",
              "Lease",
              "leases",
              "",
              NAMESPACED,
              PLAIN,
              text("Holder", ".spec.holderIdentity"),
              age()),
          builtin(RBAC, "Role", "roles", "", NAMESPACED, PLAIN),
          builtin(RBAC, "RoleBinding", "rolebindings", "", NAMESPACED, PLAIN),
          builtin(RBAC, "ClusterRole", "clusterroles", "", CLUSTER, PLAIN),
          builtin(RBAC, "ClusterRoleBinding", "clusterrolebindings", "", CLUSTER, PLAIN),
          builtin(
              "apiextensions.k8s.io/v1",
              "CustomResourceDefinition",
              "customresourcedefinitions",
              "crd",
              CLUSTER,
              STATUS,
              date("Created At", ".metadata.creationTimestamp")));

  private final Map<String, Kind> byPath = new ConcurrentSkipListMap<>();

  Kinds() {
    BUILTINS.forEach(this::add);
  }

  private static Column text(String name, String path) {
    return new Column(name, "string", "", "", 0, path);
  }

  private static Column date(String name, String path) {
    return new Column(name, "date", "", "", 0, path);
  }

  private static Column age() {
    return date("Age", ".metadata.creationTimestamp");
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

  Optional<Kind> byResource(String resource) {
    return all().stream().filter(kind -> kind.resource().equals(resource)).findFirst();
  }

  Kind builtinKind(String resource) {
    return BUILTINS.stream()
        .filter(kind -> kind.resource().equals(resource))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Follows a definition that was written ({@code after}), replaced or removed ({@code after}
   * null).
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
