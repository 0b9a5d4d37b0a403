package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One kind of resource in its one version.
 *
 * @param names the definition's names: kind, plural, shortNames, categories
 * @param details the definition's version: schema, subresources, columns; built-in kinds have no
 *     schema, and their content is not checked
 */
record Kind(
    String group,
    String version,
    String kind,
    String plural,
    boolean namespaced,
    JsonNode names,
    JsonNode details) {
  static final String NAMESPACES = "namespaces";
  static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

  /** The kind that a CustomResourceDefinition defines: its first version only. */
  static Kind of(JsonNode definition) {
    JsonNode spec = definition.path("spec");
    JsonNode version = spec.path("versions").path(0);
    return new Kind(
        spec.path("group").asText(),
        version.path("name").asText(),
        spec.path("names").path("kind").asText(),
        spec.path("names").path("plural").asText(),
        spec.path("scope").asText().equals("Namespaced"),
        spec.path("names"),
        version);
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Plural and group: how messages and the store name the kind. */
  String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String quoted(String name) {
    return resource() + " \"" + name + "\"";
  }

  JsonNode schema() {
    return Json.at(details, "schema.openAPIV3Schema");
  }

  boolean isCustom() {
    return !schema().isMissingNode();
  }

  /** Whether there is this subresource; an empty one is the resource itself. */
  boolean serves(String subresource) {
    return subresource.isEmpty() || details.path("subresources").has(subresource);
  }

  /** The definition's scale paths; missing if there is no such subresource. */
  JsonNode scale() {
    return Json.at(details, "subresources.scale");
  }
}
