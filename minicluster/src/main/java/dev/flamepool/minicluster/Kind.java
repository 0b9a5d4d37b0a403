package dev.flamepool.minicluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One kind of resource in one version, built in or from a CustomResourceDefinition.
 *
 * @param hasStatus whether status is a subresource, so that the main resource ignores it
 * @param scale the definition's scale paths; missing if there is no such subresource
 * @param schema the structural schema; missing for built-in kinds, whose content is not checked
 * @param selectable paths for field selectors; those of built-in kinds may be any
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
    JsonNode scale,
    JsonNode schema,
    List<Column> columns,
    List<String> selectable) {

  /** A printer column; {@code priority} above 0 is shown by {@code -o wide} only. */
  record Column(
      String name,
      String type,
      String format,
      String description,
      int priority,
      @JsonIgnore String path) {}

  static final String NAMESPACES = "namespaces";
  static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

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

  boolean isCustom() {
    return !schema.isMissingNode();
  }

  boolean hasScale() {
    return !scale.isMissingNode();
  }

  /** Whether {@code metadata.generation} is kept. */
  boolean hasGeneration() {
    return hasStatus || isCustom();
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
    JsonNode schema = version.path("schema").path("openAPIV3Schema");
    return new Kind(
        spec.path("group").asText(),
        version.path("name").asText(),
        names.path("kind").asText(),
        names.path("plural").asText(),
        Json.texts(names.path("shortNames")),
        Json.texts(names.path("categories")),
        spec.path("scope").asText().equals("Namespaced"),
        version.path("subresources").has("status"),
        version.path("subresources").path("scale"),
        schema.isMissingNode() ? Json.object() : schema,
        Json.stream(version.path("additionalPrinterColumns")).map(Kind::column).toList(),
        Json.stream(version.path("selectableFields"))
            .map(f -> f.path("jsonPath").asText())
            .toList());
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

  /** A built-in kind from the words of its line in {@link Kinds}. */
  static Kind builtin(String[] words) {
    int slash = words[0].indexOf('/');
    boolean scales = words[1].equals("Deployment");
    return new Kind(
        slash < 0 ? "" : words[0].substring(0, slash),
        words[0].substring(slash + 1),
        words[1],
        words[2],
        words[3].equals("-") ? List.of() : List.of(words[3]),
        scales || words[1].equals("Pod") ? List.of("all") : List.of(),
        words[4].equals("Namespaced"),
        words[5].equals("status"),
        scales
            ? Json.of(
                "{specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas'}")
            : MissingNode.getInstance(),
        MissingNode.getInstance(),
        Arrays.stream(words).skip(6).map(Kind::builtinColumn).toList(),
        List.of());
  }

  private static Column builtinColumn(String titleAndPath) {
    String[] parts = titleAndPath.split("=", -1);
    String path = parts[1].isEmpty() ? ".metadata.creationTimestamp" : parts[1];
    return new Column(parts[0], parts[0].equals("Age") ? "date" : "string", "", "", 0, path);
  }

  String singular() {
    return kind.toLowerCase(Locale.ROOT);
  }

  /** The object with kind and apiVersion set, as every answer carries them. */
  ObjectNode label(ObjectNode object) {
    return object.put("apiVersion", apiVersion()).put("kind", kind);
  }
}
