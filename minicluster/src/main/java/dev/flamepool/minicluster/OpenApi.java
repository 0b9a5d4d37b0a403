package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * OpenAPI v3: enough that kubectl validates on the server ({@code fieldValidation} on PATCH) and
 * explains custom resources.
 */
final class OpenApi {
  private static final String GVK = "x-kubernetes-group-version-kind";
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

  private final Kinds kinds;

  OpenApi(Kinds kinds) {
    this.kinds = kinds;
  }

  ObjectNode index() {
    ObjectNode paths = Json.object();
    for (Kind kind : kinds.all()) {
      String path = prefix(kind.apiVersion());
      paths.set(path, Json.object("serverRelativeURL", "/openapi/v3/" + path));
    }
    return Json.object("paths", paths);
  }

  private static String prefix(String apiVersion) {
    return (apiVersion.equals("v1") ? "api/" : "apis/") + apiVersion;
  }

  ObjectNode document(String apiVersion) {
    ObjectNode paths = Json.object();
    ObjectNode schemas =
        Json.object(
            META,
            Json.object("type", "object", "description", "name, namespace, labels and the like"));
    for (Kind kind : kinds.in(apiVersion)) {
      ObjectNode gvk =
          Json.object("group", kind.group(), "version", kind.version(), "kind", kind.kind());
      String all =
          "/"
              + prefix(apiVersion)
              + (kind.namespaced() ? "/namespaces/{namespace}/" : "/")
              + kind.plural();
      ObjectNode patch = operation(gvk);
      patch.set(
          "parameters",
          Json.array(
              List.of(
                  parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation"))));
      paths.set(all, Json.object("get", operation(gvk), "post", operation(gvk)));
      paths.set(all + "/{name}", Json.object("get", operation(gvk), "patch", patch));
      schemas.set(kind.kind(), schema(kind, gvk));
    }
    if (paths.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return Json.object(
        "openapi",
        "3.0.0",
        "info",
        Json.object("title", "minicluster", "version", "v1"),
        "paths",
        paths,
        "components",
        Json.object("schemas", schemas));
  }

  private static ObjectNode operation(ObjectNode gvk) {
    return Json.object(GVK, gvk, "responses", Json.object());
  }

  private static ObjectNode parameter(String name) {
    return Json.object("name", name, "in", "query", "schema", Json.object("type", "string"));
  }

  private static ObjectNode schema(Kind kind, ObjectNode gvk) {
    ObjectNode schema = kind.isCustom() ? kind.schema().deepCopy() : Json.object("type", "object");
    schema.set(GVK, Json.array(List.of(gvk)));
    JsonNode text = Json.object("type", "string");
    ObjectNode properties = schema.withObject("/properties");
    properties.set("apiVersion", text);
    properties.set("kind", text);
    properties.set("metadata", Json.object("$ref", "#/components/schemas/" + META));
    return schema;
  }
}
