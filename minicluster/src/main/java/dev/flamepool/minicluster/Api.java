package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Options;
import dev.flamepool.minicluster.Resources.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Maps a request to the room that answers it. */
final class Api {
  /** Either a body or a watch to be streamed. */
  record Answer(int code, JsonNode body, Watch watch, List<String> warnings) {
    static Answer of(int code, JsonNode body) {
      return new Answer(code, body, null, List.of());
    }

    static Answer ok(JsonNode body) {
      return of(200, body);
    }
  }

  private static final String CUSTOM_PATCHES =
      "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

  private final Kinds kinds;
  private final Listing listing;
  private final Deletion deletion;
  private final Resources resources;
  private final Discovery discovery;
  private final OpenApi openApi;

  Api(Store store, Kinds kinds) {
    this.kinds = kinds;
    this.listing = new Listing(store);
    this.deletion = new Deletion(store, kinds);
    this.resources = new Resources(store, kinds, deletion);
    this.discovery = new Discovery(kinds);
    this.openApi = new OpenApi(kinds);
    for (String namespace : Deletion.PERMANENT) {
      Target target = new Target(kinds.namespaces(), "", namespace, "");
      resources.create(
          target, Json.object(), new Options(false, "Ignore", "", false, warning -> {}));
    }
  }

  Answer handle(Request request) {
    List<String> path = request.steps();
    int size = path.size();
    String root = size == 0 ? "" : path.get(0);
    if (root.equals("api") && size > 1) {
      return versioned(request, path.get(1), path.subList(2, size));
    } else if (root.equals("apis") && size > 2) {
      return versioned(request, path.get(1) + "/" + path.get(2), path.subList(3, size));
    }
    return Answer.ok(
        switch (root) {
          case "version" -> Discovery.version();
          case "healthz", "livez", "readyz" -> Json.of("{status: 'ok'}");
          case "api" -> Discovery.legacy();
          case "apis" -> size == 1 ? discovery.groups() : discovery.group(path.get(1));
          case "openapi" -> openApi(path);
          default -> throw ApiException.noSuchPath();
        });
  }

  private ObjectNode openApi(List<String> path) {
    if (path.size() < 2 || !path.get(1).equals("v3")) {
      throw ApiException.noSuchPath();
    }
    return path.size() == 2
        ? openApi.index()
        : openApi.document(String.join("/", path.subList(3, path.size())));
  }

  private Answer versioned(Request request, String apiVersion, List<String> path) {
    if (path.isEmpty()) {
      return Answer.ok(discovery.resources(apiVersion));
    }
    if (request.contentType().contains("protobuf") || request.contentType().contains("cbor")) {
      throw unsupported(
          "application/json, application/yaml (kubectl create: add --dry-run=client -o yaml | kubectl apply -f -)");
    }
    boolean inNamespace =
        path.size() > 2 && path.get(0).equals(Kind.NAMESPACES) && !path.get(2).equals("status");
    String namespace = inNamespace ? path.get(1) : "";
    List<String> rest = inNamespace ? path.subList(2, path.size()) : path;
    if (Discovery.isReview(apiVersion, rest.get(0))) {
      return Answer.of(201, Discovery.review(apiVersion, rest.get(0), request.object()));
    }
    Kind kind = kinds.find(apiVersion, rest.get(0)).orElseThrow(ApiException::noSuchPath);
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    boolean known =
        switch (subresource) {
          case "" -> true;
          case "status" -> kind.hasStatus();
          case "scale" -> kind.hasScale();
          default -> false;
        };
    if (!known || rest.size() > 3 || (!name.isEmpty() && kind.namespaced() != inNamespace)) {
      throw ApiException.noSuchPath();
    }
    Target target = new Target(kind, namespace, name, subresource);
    return name.isEmpty() ? collection(request, target) : single(request, target);
  }

  private Answer collection(Request request, Target target) {
    return switch (request.method()) {
      case "GET" ->
          request.is("watch")
              ? new Answer(200, null, listing.watch(request, target), List.of())
              : Answer.ok(listing.list(request, target));
      case "POST" ->
          write(
              request,
              options -> Map.entry(resources.create(target, request.object(), options), true));
      case "DELETE" -> {
        ObjectNode all = listing.plain(request, target);
        all.path("items").forEach(item -> delete(request, target, (ObjectNode) item));
        yield Answer.ok(all);
      }
      default -> throw notAllowed();
    };
  }

  private Answer single(Request request, Target target) {
    return switch (request.method()) {
      case "GET" -> Answer.ok(listing.view(request, target.kind(), resources.get(target), true));
      case "PUT" ->
          write(
              request,
              options -> Map.entry(resources.replace(target, options, request.object()), false));
      case "PATCH" ->
          request.mediaType().startsWith("application/apply-patch")
              ? write(request, options -> resources.apply(target, request.object(), options))
              : write(
                  request,
                  options ->
                      Map.entry(resources.change(target, options, patch(request, target)), false));
      case "DELETE" -> {
        if (!target.subresource().isEmpty()) {
          throw notAllowed();
        }
        yield Answer.ok(delete(request, target, resources.get(target)));
      }
      default -> throw notAllowed();
    };
  }

  private ObjectNode delete(Request request, Target target, ObjectNode present) {
    return deletion.delete(target.kind(), present, request.deleteOptions(), request.isDryRun());
  }

  private static UnaryOperator<ObjectNode> patch(Request request, Target target) {
    JsonNode patch = Json.parse(request.body());
    return switch (request.mediaType()) {
      case "application/json-patch+json" -> present -> Patch.json(present, patch);
      case "application/merge-patch+json" -> present -> Patch.merge(present, patch);
      case "application/strategic-merge-patch+json" -> {
        if (target.kind().isCustom()) {
          throw unsupported(CUSTOM_PATCHES);
        }
        yield present -> Patch.strategic(present, patch);
      }
      default -> throw unsupported(CUSTOM_PATCHES);
    };
  }

  /** Runs a write, which says what it wrote and whether that was created. */
  private static Answer write(
      Request request, Function<Options, Map.Entry<ObjectNode, Boolean>> write) {
    List<String> warnings = new ArrayList<>();
    Map.Entry<ObjectNode, Boolean> written = write.apply(request.options(warnings::add));
    return new Answer(written.getValue() ? 201 : 200, written.getKey(), null, warnings);
  }

  private static ApiException unsupported(String accepted) {
    String message =
        "the body of the request was in an unknown format - accepted media types include: ";
    return ApiException.of(415, "UnsupportedMediaType", message + accepted);
  }

  private static ApiException notAllowed() {
    String message = "the server does not allow this method on the requested resource";
    return ApiException.of(405, "MethodNotAllowed", message);
  }
}
