package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Options;
import dev.flamepool.minicluster.Resources.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Maps a request to the room that answers it. */
final class Api {
  /** A request without its transport; {@code query} holds the first value of each parameter. */
  record Request(
      String method,
      String path,
      Map<String, String> query,
      String accept,
      String contentType,
      String body) {
    String parameter(String name) {
      return query.getOrDefault(name, "");
    }

    boolean is(String name) {
      return parameter(name).equals("true") || parameter(name).equals("1");
    }

    boolean asTable() {
      return accept.contains("as=Table");
    }
  }

  /** Either a body or a watch to be streamed. */
  record Answer(int code, JsonNode body, Watch watch, List<String> warnings) {
    static Answer of(int code, JsonNode body) {
      return new Answer(code, body, null, List.of());
    }
  }

  private static final Duration LONGEST_WATCH = Duration.ofMinutes(30);

  private final Store store;
  private final Kinds kinds;
  private final Resources resources;
  private final Discovery discovery;
  private final OpenApi openApi;

  Api(Store store, Kinds kinds) {
    this.store = store;
    this.kinds = kinds;
    this.resources = new Resources(store, kinds);
    this.discovery = new Discovery(kinds);
    this.openApi = new OpenApi(kinds);
    for (String namespace : List.of("default", "kube-system")) {
      Target target = new Target(kinds.builtinKind("namespaces"), "", namespace, "");
      resources.create(
          target, Json.object(), new Options(false, "Ignore", "", false, warning -> {}));
    }
  }

  Answer handle(Request request) {
    List<String> path =
        Arrays.stream(request.path().split("/", -1)).filter(step -> !step.isEmpty()).toList();
    String root = path.isEmpty() ? "" : path.get(0);
    return switch (root) {
      case "version" -> Answer.of(200, Discovery.version());
      case "healthz", "livez", "readyz" -> Answer.of(200, Json.object("status", "ok"));
      case "openapi" -> Answer.of(200, openApi(path));
      case "api" ->
          path.size() == 1
              ? Answer.of(200, discovery.legacy())
              : versioned(request, path.get(1), path.subList(2, path.size()));
      case "apis" ->
          path.size() < 3
              ? Answer.of(200, path.size() == 1 ? discovery.groups() : discovery.group(path.get(1)))
              : versioned(request, path.get(1) + "/" + path.get(2), path.subList(3, path.size()));
      default -> throw ApiException.noSuchPath();
    };
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
      return Answer.of(200, discovery.resources(apiVersion));
    }
    boolean inNamespace =
        path.size() > 2
            && path.get(0).equals("namespaces")
            && !List.of("status", "finalize").contains(path.get(2));
    String namespace = inNamespace ? path.get(1) : "";
    List<String> rest = inNamespace ? path.subList(2, path.size()) : path;
    if (request.method().equals("POST") && rest.size() == 1) {
      ObjectNode review =
          Discovery.review(
              apiVersion,
              rest.get(0),
              Json.parse(request.body()) instanceof ObjectNode o ? o : null);
      if (review != null) {
        return Answer.of(201, review);
      }
    }
    Kind kind = kinds.find(apiVersion, rest.get(0)).orElseThrow(ApiException::noSuchPath);
    String name = rest.size() > 1 ? rest.get(1) : "";
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    boolean known =
        switch (subresource) {
          case "" -> true;
          case "status" -> kind.hasStatus();
          case "scale" -> kind.scale().isPresent();
          default -> false;
        };
    if (!known || rest.size() > 3 || (!name.isEmpty() && kind.namespaced() && !inNamespace)) {
      throw ApiException.noSuchPath();
    }
    Target target = new Target(kind, namespace, name, subresource);
    return name.isEmpty() ? collection(request, target) : single(request, target);
  }

  private Answer collection(Request request, Target target) {
    return switch (request.method()) {
      case "GET" ->
          request.is("watch") ? watch(request, target) : Answer.of(200, list(request, target));
      case "POST" ->
          write(
              request,
              options -> Map.entry(resources.create(target, object(request), options), true));
      case "DELETE" -> {
        ObjectNode all = plainList(target, selected(request, target));
        for (JsonNode item : all.path("items")) {
          resources
              .deletion()
              .delete(target.kind(), (ObjectNode) item, deleteOptions(request), dryRun(request));
        }
        yield Answer.of(200, all);
      }
      default -> throw notAllowed();
    };
  }

  private Answer single(Request request, Target target) {
    if (!target.subresource().isEmpty() && request.method().equals("DELETE")) {
      throw notAllowed();
    }
    return switch (request.method()) {
      case "GET" -> {
        ObjectNode found = resources.get(target);
        yield Answer.of(
            200,
            request.asTable() ? table(request, target.kind(), List.of(found), "", true) : found);
      }
      case "PUT" -> {
        ObjectNode body = object(request);
        yield write(
            request, options -> Map.entry(resources.change(target, options, old -> body), false));
      }
      case "PATCH" -> patch(request, target);
      case "DELETE" ->
          Answer.of(
              200,
              resources
                  .deletion()
                  .delete(
                      target.kind(),
                      resources.get(target),
                      deleteOptions(request),
                      dryRun(request)));
      default -> throw notAllowed();
    };
  }

  private Answer patch(Request request, Target target) {
    JsonNode patch = Json.parse(request.body());
    String type = request.contentType().split(";", -1)[0].strip();
    if (type.startsWith("application/apply-patch")) {
      if (request.parameter("fieldManager").isEmpty()) {
        throw ApiException.of(
            422,
            "Invalid",
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
      }
      return write(
          request, options -> resources.apply(target, Json.parseObject(request.body()), options));
    }
    UnaryOperator<ObjectNode> change =
        switch (type) {
          case "application/json-patch+json" -> old -> Patch.json(old, patch);
          case "application/merge-patch+json" -> old -> Patch.merge(old, patch);
          case "application/strategic-merge-patch+json" -> {
            if (target.kind().isCustom()) {
              throw unsupported(
                  "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
            }
            yield old -> Patch.strategic(old, patch);
          }
          default ->
              throw unsupported("the three JSON patch types and application/apply-patch+yaml");
        };
    return write(request, options -> Map.entry(resources.change(target, options, change), false));
  }

  private static ApiException unsupported(String accepted) {
    return ApiException.of(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted);
  }

  private static ApiException notAllowed() {
    return ApiException.of(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  private interface Write {
    /** The object written, and whether it was created. */
    Map.Entry<ObjectNode, Boolean> run(Options options);
  }

  private static Answer write(Request request, Write write) {
    List<String> warnings = new ArrayList<>();
    String validation = request.query().getOrDefault("fieldValidation", "Warn");
    Options options =
        new Options(
            dryRun(request),
            validation,
            request.parameter("fieldManager"),
            request.is("force"),
            warnings::add);
    Map.Entry<ObjectNode, Boolean> written = write.run(options);
    return new Answer(written.getValue() ? 201 : 200, written.getKey(), null, warnings);
  }

  private static ObjectNode object(Request request) {
    if (request.contentType().contains("protobuf") || request.contentType().contains("cbor")) {
      throw unsupported("application/json, application/yaml");
    }
    return Json.parseObject(request.body());
  }

  private static boolean dryRun(Request request) {
    return !request.parameter("dryRun").isEmpty();
  }

  /** DeleteOptions from the body; the query parameter of the policy wins. */
  private static ObjectNode deleteOptions(Request request) {
    ObjectNode options =
        Json.parse(request.body()) instanceof ObjectNode body ? body : Json.object();
    if (options.path("orphanDependents").asBoolean()) {
      options.put("propagationPolicy", "Orphan");
    }
    String policy = request.parameter("propagationPolicy");
    return policy.isEmpty() ? options : options.put("propagationPolicy", policy);
  }

  private Predicate<JsonNode> selected(Request request, Target target) {
    return Selector.labels(request.parameter("labelSelector"))
        .and(Selector.fields(target.kind(), request.parameter("fieldSelector")));
  }

  private ObjectNode plainList(Target target, Predicate<JsonNode> selector) {
    synchronized (store) {
      Kind kind = target.kind();
      List<ObjectNode> items =
          store.list(kind.resource(), target.namespace()).stream().filter(selector).toList();
      return Json.object(
          "kind",
          kind.listKind(),
          "apiVersion",
          kind.apiVersion(),
          "metadata",
          Json.object("resourceVersion", Long.toString(store.revision())),
          "items",
          items);
    }
  }

  private ObjectNode list(Request request, Target target) {
    ObjectNode list = plainList(target, selected(request, target));
    return request.asTable()
        ? table(
            request,
            target.kind(),
            Json.stream(list.path("items")).toList(),
            Json.metaText(list, "resourceVersion"),
            true)
        : list;
  }

  private static ObjectNode table(
      Request request,
      Kind kind,
      List<? extends JsonNode> objects,
      String revision,
      boolean headers) {
    return Table.of(kind, objects, revision, request.parameter("includeObject"), headers);
  }

  private Answer watch(Request request, Target target) {
    if (!request.parameter("sendInitialEvents").isEmpty()) {
      throw ApiException.of(
          422,
          "Invalid",
          "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: the WatchList feature is not served here");
    }
    AtomicBoolean first = new AtomicBoolean(true);
    UnaryOperator<ObjectNode> view =
        request.asTable()
            ? object ->
                table(
                    request,
                    target.kind(),
                    List.of(object),
                    Json.metaText(object, "resourceVersion"),
                    first.getAndSet(false))
            : UnaryOperator.identity();
    try {
      long since = Long.parseLong(request.query().getOrDefault("resourceVersion", "0"));
      long timeout = Long.parseLong(request.query().getOrDefault("timeoutSeconds", "0"));
      boolean bookmarks = request.is("allowWatchBookmarks") && !request.asTable();
      Watch watch =
          new Watch(
              target.kind(),
              target.namespace(),
              selected(request, target),
              since,
              bookmarks,
              timeout > 0 ? Duration.ofSeconds(timeout) : LONGEST_WATCH,
              view);
      return new Answer(200, null, watch, List.of());
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("resourceVersion and timeoutSeconds must be numbers");
    }
  }
}
