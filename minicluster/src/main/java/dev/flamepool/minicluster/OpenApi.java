package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** OpenAPI v3: enough that kubectl lets the server validate, and explains custom resources. */
final class OpenApi {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
  private static final String GET = "{get: {'x-kubernetes-group-version-kind': %s, responses: {}}}";

  /** The parameters tell kubectl that the server knows them. */
  private static final String PATCH =
      "{patch: {'x-kubernetes-group-version-kind': %s, responses: {}, parameters: [{name: 'dryRun', in: 'query'},"
          + " {name: 'fieldManager', in: 'query'}, {name: 'fieldValidation', in: 'query'}]}}";

  private final Kinds kinds;

  OpenApi(Kinds kinds) {
    this.kinds = kinds;
  }

  ObjectNode index() {
    ObjectNode paths = Json.object();
    for (Kind kind : kinds.all()) {
      String path = prefix(kind.apiVersion());
      paths.set(path, Json.of("{serverRelativeURL: %s}", "/openapi/v3/" + path));
    }
    return Json.of("{paths: %s}", paths);
  }

  private static String prefix(String apiVersion) {
    return (apiVersion.equals("v1") ? "api/" : "apis/") + apiVersion;
  }

  ObjectNode document(String apiVersion) {
    ObjectNode paths = Json.object();
    ObjectNode schemas = Json.object();
    schemas.set(
        META, Json.of("{type: 'object', description: 'name, namespace, labels and the like'}"));
    for (Kind kind : kinds.in(apiVersion)) {
      ObjectNode gvk =
          Json.of("{group: %s, version: %s, kind: %s}", kind.group(), kind.version(), kind.kind());
      String all =
          "/"
              + prefix(apiVersion)
              + (kind.namespaced() ? "/namespaces/{namespace}/" : "/")
              + kind.plural();
      paths.set(all, Json.of(GET, gvk));
      paths.set(all + "/{name}", Json.of(PATCH, gvk));
      ObjectNode schema = kind.isCustom() ? kind.schema().deepCopy() : Json.of("{type: 'object'}");
      String envelope =
          "{apiVersion: {type: 'string'}, kind: {type: 'string'}, metadata: {'$ref': %s}}";
      schema.withObject("/properties").setAll(Json.of(envelope, "#/components/schemas/" + META));
      schemas.set(
          kind.kind(), schema.setAll(Json.of("{'x-kubernetes-group-version-kind': [%s]}", gvk)));
    }
    if (paths.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return Json.of(
        "{openapi: '3.0.0', info: {title: 'minicluster', version: 'v1'}, paths: %s, components: {schemas: %s}}",
        paths, schemas);
  }
}
