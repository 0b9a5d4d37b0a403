package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One kind of resource in one version, built in or from a CustomResourceDefinition.
 *
 * @param schema the structural schema; missing for built-in kinds, whose content is not checked
 * @param hasStatus whether status is a subresource, so that the main resource ignores it
 * @param counts whether {@code metadata.generation} is kept
 * @param selectable field selectors beside name and namespace; empty means none, null means any
 */
record Kind(
    String group,
    String version,
    String kind,
    String plural,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    boolean hasStatus,
    boolean counts,
    Optional<Scale> scale,
    JsonNode schema,
    List<Column> columns,
    List<String> selectable) {

  /** Where the scale subresource reads and writes; {@code selector} may be empty. */
  record Scale(String specReplicas, String statusReplicas, String selector) {}

  /** A printer column; {@code priority} above 0 is shown by {@code -o wide} only. */
  record Column(
      String name, String type, String format, String description, int priority, String path) {}

  static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Plural and group: how messages and the store name the kind. */
  String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  boolean isCustom() {
    return !schema.isMissingNode();
  }

  String listKind() {
    return kind + "List";
  }

  String singular() {
    return kind.toLowerCase(Locale.ROOT);
  }

  /** The kind that a stored CustomResourceDefinition defines: its storage version only. */
  static Kind fromDefinition(JsonNode definition) {
    JsonNode spec = definition.path("spec");
    JsonNode names = spec.path("names");
    JsonNode version =
        Json.stream(spec.path("versions"))
            .filter(v -> v.path("storage").asBoolean())
            .findFirst()
            .orElseThrow();
    JsonNode subresources = version.path("subresources");
    JsonNode schema = version.path("schema").path("openAPIV3Schema");
    return new Kind(
        spec.path("group").asText(),
        version.path("name").asText(),
        names.path("kind").asText(),
        names.path("plural").asText(),
        Json.texts(names.path("shortNames")),
        Json.texts(names.path("categories")),
        spec.path("scope").asText().equals("Namespaced"),
        subresources.has("status"),
        true,
        Optional.of(subresources.path("scale")).filter(JsonNode::isObject).map(Kind::scale),
        schema.isMissingNode() ? Json.object() : schema,
        Json.stream(version.path("additionalPrinterColumns")).map(Kind::column).toList(),
        Json.stream(version.path("selectableFields"))
            .map(f -> f.path("jsonPath").asText().substring(1))
            .toList());
  }

  private static Scale scale(JsonNode scale) {
    return new Scale(
        scale.path("specReplicasPath").asText(),
        scale.path("statusReplicasPath").asText(),
        scale.path("labelSelectorPath").asText(""));
  }

  private static Column column(JsonNode column) {
    return new Column(
        column.path("name").asText(),
        column.path("type").asText(),
        column.path("format").asText(""),
        column.path("description").asText(""),
        column.path("priority").asInt(0),
        column.path("jsonPath").asText());
  }

  /** A built-in kind: no schema, any field selector. */
  static Kind builtin(
      String apiVersion,
      String kind,
      String plural,
      String shortName,
      boolean namespaced,
      boolean status,
      Column... columns) {
    int slash = apiVersion.indexOf('/');
    return new Kind(
        slash < 0 ? "" : apiVersion.substring(0, slash),
        apiVersion.substring(slash + 1),
        kind,
        plural,
        shortName.isEmpty() ? List.of() : List.of(shortName),
        List.of(),
        namespaced,
        status,
        status,
        Optional.empty(),
        MissingNode.getInstance(),
        List.of(columns),
        null);
  }

  Kind withScale(String specReplicas, String statusReplicas, String selector) {
    Scale where = new Scale(specReplicas, statusReplicas, selector);
    return new Kind(
        group,
        version,
        kind,
        plural,
        shortNames,
        List.of("all"),
        namespaced,
        hasStatus,
        counts,
        Optional.of(where),
        schema,
        columns,
        selectable);
  }

  /** The object with kind and apiVersion set, as every answer carries them. */
  ObjectNode label(ObjectNode object) {
    return object.put("apiVersion", apiVersion()).put("kind", kind);
  }
}
