package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the server says about itself: version, groups, resources, and what one may do. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private Discovery() {}

  /** All groups as {@code /apis} answers, or the one group that is named. */
  static ObjectNode groups(Kinds kinds, String name) {
    Map<String, ObjectNode> groups = new TreeMap<>();
    for (Kind kind : kinds.all()) {
      String template =
          "{kind: 'APIGroup', apiVersion: 'v1', name: %s, versions: [%s], preferredVersion: %s}";
      ObjectNode version =
          Json.of("{groupVersion: %s, version: %s}", kind.apiVersion(), kind.version());
      groups.put(kind.group(), Json.of(template, kind.group(), version, version));
    }
    groups.remove("");
    String list = "{kind: 'APIGroupList', apiVersion: 'v1', groups: %s}";
    return groups.getOrDefault(name, Json.of(list, groups.values()));
  }

  static ObjectNode resources(Kinds kinds, String apiVersion) {
    List<ObjectNode> resources = new ArrayList<>();
    for (Kind kind : kinds.in(apiVersion)) {
      ObjectNode names = kind.names().deepCopy();
      ObjectNode main = resource(kind, "", kind.kind(), VERBS);
      main.put("singularName", kind.kind().toLowerCase(Locale.ROOT));
      resources.add(main.setAll(names.retain("shortNames", "categories")));
      List<String> verbs = List.of("get", "patch", "update");
      if (kind.serves("status")) {
        resources.add(resource(kind, "/status", kind.kind(), verbs));
      }
      if (kind.serves("binding")) {
        resources.add(resource(kind, "/binding", "Binding", List.of("create")));
      }
      if (kind.serves("scale")) {
        ObjectNode scale = resource(kind, "/scale", "Scale", verbs);
        resources.add(scale.put("group", "autoscaling").put("version", "v1"));
      }
    }
    String template =
        "{kind: 'APIResourceList', apiVersion: 'v1', groupVersion: %s, resources: %s}";
    return Json.of(template, apiVersion, resources);
  }

  private static ObjectNode resource(Kind kind, String suffix, String name, List<String> verbs) {
    String template = "{name: %s, singularName: '', namespaced: %s, kind: %s, verbs: %s}";
    return Json.of(template, kind.plural() + suffix, kind.namespaced(), name, verbs);
  }

  /** The answer to a SelfSubjectRulesReview, which is never stored: all is allowed. */
  static ObjectNode rules() {
    return Json.of(
        "{kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', status: {"
            + "resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],"
            + "nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}], incomplete: false}}");
  }
}
