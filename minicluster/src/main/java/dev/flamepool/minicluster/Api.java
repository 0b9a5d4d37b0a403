package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Options;
import dev.flamepool.minicluster.Resources.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Maps a request to the room that answers it. */
final class Api {
  /** Either a body or a watch to be streamed. */
  record Answer(int code, JsonNode body, Watch watch, List<String> warnings) {
    static Answer of(int code, JsonNode body) {
      return new Answer(code, body, null, List.of());
    }
  }

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
      resources.create(target, Json.object(), new Options(false, "", List.of()));
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
    JsonNode body =
        switch (root) {
          case "version" -> Discovery.version();
          case "healthz", "livez", "readyz" -> Json.of("{status: 'ok'}");
          case "api" -> Discovery.legacy();
          case "apis" -> size == 1 ? discovery.groups() : discovery.group(path.get(1));
          case "openapi" -> openApi(path);
          default -> throw ApiException.noSuchPath();
        };
    return Answer.of(200, body);
  }

  private ObjectNode openApi(List<String> path) {
    if (path.size() < 2 || !path.get(1).equals("v3")) {
      throw ApiException.noSuchPath();
    }
    String apiVersion = String.join("/", path.subList(Math.min(3, path.size()), path.size()));
    return path.size() == 2 ? openApi.index() : openApi.document(apiVersion);
  }

  private Answer versioned(Request request, String apiVersion, List<String> path) {
    if (path.isEmpty()) {
      return Answer.of(200, discovery.resources(apiVersion));
    }
    boolean inNamespace =
        path.size() > 2 && path.get(0).equals(Kind.NAMESPACES) && !path.get(2).equals("status");
    List<String> rest = inNamespace ? path.subList(2, path.size()) : path;
    Kind kind = kinds.find(apiVersion, rest.get(0)).orElseThrow(ApiException::noSuchPath);
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    boolean known =
        switch (subresource) {
          case "" -> true;
          case "status" -> kind.hasStatus();
          case "scale" -> !kind.scale().isMissingNode();
          default -> false;
        };
    if (!known || rest.size() > 3 || (!name.isEmpty() && kind.namespaced() != inNamespace)) {
      throw ApiException.noSuchPath();
    }
    Target target = new Target(kind, inNamespace ? path.get(1) : "", name, subresource);
    return name.isEmpty() ? collection(request, target) : single(request, target);
  }

  private Answer collection(Request request, Target target) {
    Options options = options(request);
    return switch (request.method()) {
      case "GET" ->
          request.is("watch")
              ? new Answer(200, null, listing.watch(request, target), List.of())
              : Answer.of(200, listing.list(request, target));
      case "POST" ->
          target.kind().plural().equals("selfsubjectrulesreviews")
              ? Answer.of(201, Discovery.rules())
              : written(201, resources.create(target, object(request), options), options);
      case "DELETE" -> {
        ObjectNode all = listing.plain(request, target);
        all.path("items").forEach(item -> delete(request, target, (ObjectNode) item));
        yield Answer.of(200, all);
      }
      default -> throw notAllowed();
    };
  }

  private Answer single(Request request, Target target) {
    Options options = options(request);
    return switch (request.method()) {
      case "GET" ->
          Answer.of(200, listing.view(request, target.kind(), resources.get(target), true));
      case "PUT" -> written(200, resources.replace(target, object(request), options), options);
      case "PATCH" -> {
        boolean apply = request.contentType().startsWith("application/apply-patch");
        boolean create = apply && target.is("") && !resources.exists(target);
        yield create
            ? written(201, resources.create(target, request.object(), options), options)
            : written(200, resources.change(target, patch(request, target), options), options);
      }
      case "DELETE" -> {
        if (!target.is("")) {
          throw notAllowed();
        }
        yield Answer.of(200, delete(request, target, resources.get(target)));
      }
      default -> throw notAllowed();
    };
  }

  private static Options options(Request request) {
    String validation = request.parameter("fieldValidation");
    return new Options(request.isDryRun(), validation, new ArrayList<>());
  }

  private static Answer written(int code, ObjectNode body, Options options) {
    return new Answer(code, body, null, options.warnings());
  }

  private static ObjectNode object(Request request) {
    String type = request.contentType();
    if (type.contains("protobuf") || type.contains("cbor")) {
      throw unsupported("application/json, application/yaml");
    }
    return request.object();
  }

  private ObjectNode delete(Request request, Target target, ObjectNode present) {
    JsonNode options = Json.parse(request.body());
    return deletion.delete(target.kind(), present, options, request.isDryRun());
  }

  private static UnaryOperator<ObjectNode> patch(Request request, Target target) {
    JsonNode patch = Json.parse(request.body());
    String type = request.contentType().split(";", -1)[0].strip();
    boolean strategic = type.contains("strategic") && !target.kind().isCustom();
    return switch (strategic ? "application/apply-patch+yaml" : type) {
      case "application/json-patch+json" -> present -> Patch.json(present, patch);
      case "application/merge-patch+json" -> present -> Patch.merge(present, patch);
      case "application/apply-patch+yaml" -> present -> Patch.apply(present, patch);
      default ->
          throw unsupported(
              "application/json-patch+json, application/merge-patch+json,"
                  + " application/apply-patch+yaml");
    };
  }

  private static ApiException unsupported(String accepted) {
    String message = "the body of the request was in an unknown format - accepted media types: ";
    return ApiException.of(415, "UnsupportedMediaType", message + accepted);
  }

  private static ApiException notAllowed() {
    String message = "the server does not allow this method on the requested resource";
    return ApiException.of(405, "MethodNotAllowed", message);
  }
}
