package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import dev.flamepool.minicluster.Resources.Target;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;

/** Maps a request to the room that answers it. */
final class Api {
  /** Either a body or a watch to be streamed. */
  record Answer(int code, JsonNode body, Watch watch) {
    static Answer of(int code, JsonNode body) {
      return new Answer(code, body, null);
    }
  }

  private final Store store;
  private final Kinds kinds = new Kinds();
  private final Deletion deletion;
  private final Resources resources;

  Api(Store store) {
    this.store = store;
    this.deletion = new Deletion(store);
    this.resources = new Resources(store, deletion);
    store.watch(0, kinds::follow);
    for (String namespace : List.of("default", "kube-system")) {
      Target target = new Target(kinds.find("v1", Kind.NAMESPACES), "", namespace, "");
      Request request = new Request("POST", URI.create("/"), new Headers(), "", List.of());
      resources.create(target, Json.of("{}"), request);
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
          case "version" -> Json.of("{major: '1', minor: '34', gitVersion: 'v1.34.0+minicluster'}");
          case "healthz", "livez", "readyz" -> Json.of("{status: 'ok'}");
          case "api" -> Json.of("{kind: 'APIVersions', versions: ['v1']}");
          case "apis" -> Discovery.groups(kinds, size == 1 ? "" : path.get(1));
          case "openapi" -> OpenApi.answer(kinds, path);
          default -> throw ApiException.noSuchPath();
        };
    return Answer.of(200, body);
  }

  private Answer versioned(Request request, String apiVersion, List<String> path) {
    if (path.isEmpty()) {
      return Answer.of(200, Discovery.resources(kinds, apiVersion));
    }
    boolean inNamespace =
        path.size() > 2 && path.get(0).equals(Kind.NAMESPACES) && !path.get(2).equals("status");
    List<String> rest = inNamespace ? path.subList(2, path.size()) : path;
    Kind kind = kinds.find(apiVersion, rest.get(0));
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    boolean inScope = name.isEmpty() || kind.namespaced() == inNamespace;
    if (!inScope || rest.size() > 3 || !kind.serves(subresource)) {
      throw ApiException.noSuchPath();
    }
    Target target = new Target(kind, inNamespace ? path.get(1) : "", name, subresource);
    return answer(request, target);
  }

  private Answer answer(Request request, Target target) {
    Kind kind = target.kind();
    return switch (request.method() + (target.name().isEmpty() ? " all" : "")) {
      case "GET all" -> Listing.answer(store, request, target);
      case "POST all" -> {
        boolean review = kind.plural().equals("selfsubjectrulesreviews");
        ObjectNode body = request.object();
        yield Answer.of(201, review ? Discovery.rules() : resources.create(target, body, request));
      }
      case "DELETE all" -> {
        ObjectNode all = Listing.list(store, request, target);
        all.path("items").forEach(item -> deletion.delete(kind, (ObjectNode) item, request));
        yield Answer.of(200, all);
      }
      case "GET" -> Answer.of(200, Listing.view(request, kind, resources.get(target), true));
      case "POST" -> {
        JsonNode node = Json.at(request.object(), "target.name");
        if (!target.is("binding")) {
          throw notAllowed();
        }
        yield Answer.of(201, resources.bind(target, node, request));
      }
      case "PUT" -> Answer.of(200, resources.change(target, present -> request.object(), request));
      case "PATCH" -> {
        boolean apply = request.header("Content-Type").startsWith("application/apply-patch");
        yield apply && target.is("") && store.get(target.key()) == null
            ? Answer.of(201, resources.create(target, request.object(), request))
            : Answer.of(200, resources.change(target, patch(request, kind), request));
      }
      case "DELETE" -> Answer.of(200, deletion.delete(kind, resources.get(target), request));
      default -> throw notAllowed();
    };
  }

  private static ApiException notAllowed() {
    String message = "the server does not allow this method on the requested resource";
    return new ApiException(405, "MethodNotAllowed", message);
  }

  private static UnaryOperator<ObjectNode> patch(Request request, Kind kind) {
    JsonNode patch = Json.parse(request.body());
    String type = request.header("Content-Type").replaceAll("^application/|[-+;].*", "");
    return switch (kind.isCustom() || !type.equals("strategic") ? type : "apply") {
      case "json" -> present -> Patch.json(present, patch);
      case "merge" -> present -> Patch.merge(present, patch);
      case "apply" -> present -> Patch.apply(present, patch);
      default ->
          throw new ApiException(
              415, "UnsupportedMediaType", "not for this resource: " + type + "; use merge-patch");
    };
  }
}
