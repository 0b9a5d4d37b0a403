package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What the server says about itself: groups, versions, resources. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /** Requests about oneself that are answered, never stored. */
  private static final Map<String, List<String>> REVIEWS =
      Map.of(
          "authorization.k8s.io/v1", List.of("SelfSubjectAccessReview", "SelfSubjectRulesReview"),
          "authentication.k8s.io/v1", List.of("SelfSubjectReview"));

  private final Kinds kinds;

  Discovery(Kinds kinds) {
    this.kinds = kinds;
  }

  static ObjectNode version() {
    return Json.object(
        "major",
        "1",
        "minor",
        "34",
        "gitVersion",
        "v1.34.0+minicluster",
        "gitCommit",
        "",
        "gitTreeState",
        "clean",
        "buildDate",
        "1970-01-01T00:00:00Z",
        "goVersion",
        "none",
        "compiler",
        "javac",
        "platform",
        "java");
  }

  ObjectNode legacy() {
    return Json.object(
        "kind", "APIVersions", "versions", List.of("v1"), "serverAddressByClientCIDRs", List.of());
  }

  ObjectNode groups() {
    TreeSet<String> apiVersions = new TreeSet<>(REVIEWS.keySet());
    kinds.all().forEach(kind -> apiVersions.add(kind.apiVersion()));
    apiVersions.remove("v1");
    Map<String, ObjectNode> groups = new LinkedHashMap<>();
    for (String apiVersion : apiVersions) {
      String group = apiVersion.substring(0, apiVersion.indexOf('/'));
      ObjectNode version =
          Json.object(
              "groupVersion",
              apiVersion,
              "version",
              apiVersion.substring(apiVersion.indexOf('/') + 1));
      groups
          .computeIfAbsent(
              group,
              name ->
                  Json.object("name", name, "versions", Json.array(), "preferredVersion", version))
          .withArray("versions")
          .add(version);
    }
    return Json.object("kind", "APIGroupList", "apiVersion", "v1", "groups", groups.values());
  }

  /** One group without its resources, as {@code /apis/GROUP} answers. */
  ObjectNode group(String name) {
    return Json.stream(groups().path("groups"))
        .filter(group -> group.path("name").asText().equals(name))
        .map(group -> ((ObjectNode) group).put("kind", "APIGroup").put("apiVersion", "v1"))
        .findFirst()
        .orElseThrow(ApiException::noSuchPath);
  }

  ObjectNode resources(String apiVersion) {
    ArrayNode resources = Json.array();
    for (Kind kind : kinds.in(apiVersion)) {
      ObjectNode main = resource(kind, "", kind.kind(), VERBS);
      main.put("singularName", kind.singular());
      main.set("shortNames", Json.array(kind.shortNames()));
      main.set("categories", Json.array(kind.categories()));
      resources.add(main);
      List<String> verbs = List.of("get", "patch", "update");
      if (kind.hasStatus()) {
        resources.add(resource(kind, "/status", kind.kind(), verbs));
      }
      if (kind.scale().isPresent()) {
        resources.add(
            resource(kind, "/scale", "Scale", verbs)
                .put("group", "autoscaling")
                .put("version", "v1"));
      }
    }
    for (String review : REVIEWS.getOrDefault(apiVersion, List.of())) {
      resources.add(
          Json.object(
              "name",
              plural(review),
              "singularName",
              "",
              "namespaced",
              false,
              "kind",
              review,
              "verbs",
              List.of("create")));
    }
    if (resources.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return Json.object(
        "kind",
        "APIResourceList",
        "apiVersion",
        "v1",
        "groupVersion",
        apiVersion,
        "resources",
        resources);
  }

  private static ObjectNode resource(
      Kind kind, String subresource, String type, List<String> verbs) {
    return Json.object(
        "name",
        kind.plural() + subresource,
        "singularName",
        "",
        "namespaced",
        kind.namespaced(),
        "kind",
        type,
        "verbs",
        verbs);
  }

  private static String plural(String review) {
    return review.toLowerCase(java.util.Locale.ROOT) + "s";
  }

  /** Answers a review, if the path names one: everything is allowed. Null for any other path. */
  static ObjectNode review(String apiVersion, String plural, ObjectNode body) {
    boolean known =
        REVIEWS.getOrDefault(apiVersion, List.of()).stream()
            .anyMatch(r -> plural(r).equals(plural));
    if (!known) {
      return null;
    }
    List<String> any = List.of("*");
    ObjectNode status =
        switch (plural) {
          case "selfsubjectaccessreviews" -> Json.object("allowed", true, "reason", "no RBAC here");
          case "selfsubjectrulesreviews" ->
              Json.object(
                  "resourceRules",
                  List.of(Json.object("verbs", any, "apiGroups", any, "resources", any)),
                  "nonResourceRules",
                  List.of(Json.object("verbs", any, "nonResourceURLs", any)),
                  "incomplete",
                  false);
          default ->
              Json.object(
                  "userInfo",
                  Json.object("username", "minicluster", "groups", List.of("system:masters")));
        };
    return body.set("status", status);
  }
}
