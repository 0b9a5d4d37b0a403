package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the server says about itself: groups, versions, resources; and the reviews, which allow
 * everything.
 */
final class Discovery {
  private static final JsonNode VERBS =
      Json.of(
              "{all: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']}")
          .get("all");
  private static final JsonNode SUBRESOURCE_VERBS =
      Json.of("{all: ['get', 'patch', 'update']}").get("all");

  /** Requests about oneself, answered and never stored: what each says, by version and plural. */
  private static final Map<String, Map<String, ObjectNode>> REVIEWS =
      Map.of(
          "authorization.k8s.io/v1",
          Map.of(
              "SelfSubjectAccessReview",
              Json.of("{allowed: true}"),
              "SelfSubjectRulesReview",
              Json.of(
                  "{resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],"
                      + " nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}], incomplete: false}")),
          "authentication.k8s.io/v1",
          Map.of(
              "SelfSubjectReview",
              Json.of("{userInfo: {username: 'minicluster', groups: ['system:masters']}}")));

  private final Kinds kinds;

  Discovery(Kinds kinds) {
    this.kinds = kinds;
  }

  static ObjectNode version() {
    return Json.of(
        "{major: '1', minor: '34', gitVersion: 'v1.34.0+minicluster', gitCommit: '', gitTreeState: 'clean',"
            + " buildDate: '1970-01-01T00:00:00Z', goVersion: '', compiler: 'javac', platform: 'java'}");
  }

  static ObjectNode legacy() {
    return Json.of("{kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []}");
  }

  ObjectNode groups() {
    Set<String> apiVersions = new TreeSet<>(REVIEWS.keySet());
    kinds.all().forEach(kind -> apiVersions.add(kind.apiVersion()));
    apiVersions.remove("v1");
    Map<String, ObjectNode> groups = new TreeMap<>();
    for (String apiVersion : apiVersions) {
      String[] parts = apiVersion.split("/", -1);
      ObjectNode version = Json.of("{groupVersion: %s, version: %s}", apiVersion, parts[1]);
      String template =
          "{kind: 'APIGroup', apiVersion: 'v1', name: %s, versions: [], preferredVersion: %s}";
      groups
          .computeIfAbsent(parts[0], name -> Json.of(template, name, version))
          .withArray("versions")
          .add(version);
    }
    return Json.of("{kind: 'APIGroupList', apiVersion: 'v1', groups: %s}", groups.values());
  }

  /** One group, as {@code /apis/GROUP} answers. */
  JsonNode group(String name) {
    return Json.stream(groups().path("groups"))
        .filter(group -> group.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow(ApiException::noSuchPath);
  }

  ObjectNode resources(String apiVersion) {
    ArrayNode resources = Json.array();
    for (Kind kind : kinds.in(apiVersion)) {
      resources.add(
          resource(kind.plural(), kind.singular(), kind.namespaced(), kind.kind(), VERBS)
              .setAll(
                  Json.of(
                      "{shortNames: %s, categories: %s}", kind.shortNames(), kind.categories())));
      if (kind.hasStatus()) {
        resources.add(
            resource(
                kind.plural() + "/status", "", kind.namespaced(), kind.kind(), SUBRESOURCE_VERBS));
      }
      if (kind.hasScale()) {
        resources.add(
            resource(kind.plural() + "/scale", "", kind.namespaced(), "Scale", SUBRESOURCE_VERBS)
                .put("group", "autoscaling")
                .put("version", "v1"));
      }
    }
    for (String review : REVIEWS.getOrDefault(apiVersion, Map.of()).keySet()) {
      resources.add(resource(plural(review), "", false, review, Json.array(List.of("create"))));
    }
    if (resources.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    String template =
        "{kind: 'APIResourceList', apiVersion: 'v1', groupVersion: %s, resources: %s}";
    return Json.of(template, apiVersion, resources);
  }

  private static ObjectNode resource(
      String name, String singular, boolean namespaced, String kind, JsonNode verbs) {
    String template = "{name: %s, singularName: %s, namespaced: %s, kind: %s, verbs: %s}";
    return Json.of(template, name, singular, namespaced, kind, verbs);
  }

  private static String plural(String review) {
    return review.toLowerCase(java.util.Locale.ROOT) + "s";
  }

  /** Whether the path names a review, for {@link #review}. */
  static boolean isReview(String apiVersion, String plural) {
    return REVIEWS.getOrDefault(apiVersion, Map.of()).keySet().stream()
        .anyMatch(r -> plural(r).equals(plural));
  }

  static ObjectNode review(String apiVersion, String plural, ObjectNode body) {
    REVIEWS
        .get(apiVersion)
        .forEach(
            (review, status) -> {
              if (plural(review).equals(plural)) {
                body.set("status", status);
              }
            });
    return body;
  }
}
