package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** OpenAPI v3: enough that kubectl lets the server validate, and explains custom resources. */
final class OpenApi {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

  /** The parameters tell kubectl that the server knows them. */
  private static final String PATCH =
      "{get: {'x-kubernetes-group-version-kind': %s, responses: {}},"
          + " patch: {'x-kubernetes-group-version-kind': %s, responses: {}, parameters: ["
          + "{name: 'dryRun', in: 'query'}, {name: 'fieldManager', in: 'query'},"
          + " {name: 'fieldValidation', in: 'query'}]}}";

  private static final String ENVELOPE =
      "{apiVersion: {type: 'string'}, kind: {type: 'string'}, metadata: {'$ref': %s}}";

  private OpenApi() {}

  /** The answer to {@code /openapi/v3}, the index, or to what is below it. */
  static ObjectNode answer(Kinds kinds, List<String> path) {
    String inside = String.join("/", path);
    return inside.equals("openapi/v3")
        ? index(kinds)
        : document(kinds, inside.replaceFirst("openapi/v3/apis?/", ""));
  }

  private static ObjectNode index(Kinds kinds) {
    ObjectNode paths = Json.of("{}");
    for (Kind kind : kinds.all()) {
      String path = prefix(kind.apiVersion());
      paths.set(path, Json.of("{serverRelativeURL: %s}", "/openapi/v3/" + path));
    }
    return Json.of("{paths: %s}", paths);
  }

  private static String prefix(String apiVersion) {
    return (apiVersion.equals("v1") ? "api/" : "apis/") + apiVersion;
  }

  private static ObjectNode document(Kinds kinds, String apiVersion) {
    ObjectNode paths = Json.of("{}");
    ObjectNode schemas = Json.of("{'" + META + "': {type: 'object'}}");
    for (Kind kind : kinds.in(apiVersion)) {
      String named = "{group: %s, version: %s, kind: %s}";
      ObjectNode gvk = Json.of(named, kind.group(), kind.version(), kind.kind());
      String scope = kind.namespaced() ? "/namespaces/{namespace}/" : "/";
      String all = "/" + prefix(apiVersion) + scope + kind.plural();
      paths.set(all, Json.of("{get: {'x-kubernetes-group-version-kind': %s, responses: {}}}", gvk));
      paths.set(all + "/{name}", Json.of(PATCH, gvk, gvk));
      ObjectNode schema = kind.isCustom() ? kind.schema().deepCopy() : Json.of("{type: 'object'}");
      schema.withObject("/properties").setAll(Json.of(ENVELOPE, "#/components/schemas/" + META));
      schema.setAll(Json.of("{'x-kubernetes-group-version-kind': [%s]}", gvk));
      schemas.set(kind.kind(), schema);
    }
    String template =
        "{openapi: '3.0.0', info: {title: 'minicluster', version: 'v1'},"
            + " paths: %s, components: {schemas: %s}}";
    return Json.of(template, paths, schemas);
  }
}
