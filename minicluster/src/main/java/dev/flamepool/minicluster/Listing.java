package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Collections: lists and watches, as objects or as Tables. */
final class Listing {
  private static final long LONGEST_WATCH_SECONDS = 1800;

  private final Store store;

  Listing(Store store) {
    this.store = store;
  }

  /** What matches the request's selectors, as a list object. */
  ObjectNode plain(Request request, Target target) {
    Kind kind = target.kind();
    synchronized (store) {
      List<ObjectNode> items =
          store.list(kind.resource(), target.namespace()).stream()
              .filter(Selector.of(kind, request))
              .toList();
      String template = "{kind: %s, apiVersion: %s, metadata: {resourceVersion: %s}, items: %s}";
      String revision = Long.toString(store.revision());
      return Json.of(template, kind.kind() + "List", kind.apiVersion(), revision, items);
    }
  }

  ObjectNode list(Request request, Target target) {
    ObjectNode list = plain(request, target);
    List<JsonNode> items = Json.stream(list.path("items")).toList();
    return request.wantsTable() ? table(request, target.kind(), list, items, true) : list;
  }

  /** One object as the client wants to see it. */
  ObjectNode view(Request request, Kind kind, ObjectNode object, boolean headers) {
    boolean plain = !request.wantsTable() || !object.path("kind").asText().equals(kind.kind());
    return plain ? object : table(request, kind, object, List.of(object), headers);
  }

  private static ObjectNode table(
      Request request, Kind kind, ObjectNode whole, List<JsonNode> objects, boolean headers) {
    String revision = Json.metaText(whole, "resourceVersion");
    return Table.of(kind, objects, revision, request.parameter("includeObject"), headers);
  }

  Watch watch(Request request, Target target) {
    if (!request.parameter("sendInitialEvents").isEmpty()) {
      String why = "sendInitialEvents: Forbidden: the WatchList feature is not served";
      throw ApiException.of(422, "Invalid", why);
    }
    AtomicBoolean first = new AtomicBoolean(true);
    long seconds = request.number("timeoutSeconds");
    return new Watch(
        target,
        Selector.of(target.kind(), request),
        request.number("resourceVersion"),
        request.is("allowWatchBookmarks") && !request.wantsTable(),
        Duration.ofSeconds(seconds > 0 ? seconds : LONGEST_WATCH_SECONDS),
        object -> view(request, target.kind(), object, first.getAndSet(false)));
  }
}
