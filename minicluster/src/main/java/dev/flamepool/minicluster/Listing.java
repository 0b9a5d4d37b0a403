package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Api.Answer;
import dev.flamepool.minicluster.Resources.Target;
import java.util.List;
import java.util.function.Predicate;

/** Collections: lists and watches, as objects or as Tables. */
final class Listing {
  private Listing() {}

  static Answer answer(Store store, Request request, Target target) {
    if (request.is("watch")) {
      if (!request.parameter("sendInitialEvents").isEmpty()) {
        String why = "sendInitialEvents is not served: list, then watch";
        throw new ApiException(422, "Invalid", why);
      }
      Predicate<JsonNode> selector = Selector.of(target.kind(), request);
      return new Answer(200, null, new Watch(store, request, target, selector));
    }
    ObjectNode list = list(store, request, target);
    List<JsonNode> items = Json.stream(list.path("items")).toList();
    boolean plain = !request.wantsTable();
    return Answer.of(200, plain ? list : Table.of(request, target.kind(), list, items, true));
  }

  /** What matches the request's selectors, as a list object. */
  static ObjectNode list(Store store, Request request, Target target) {
    Kind kind = target.kind();
    synchronized (store) {
      String template = "{kind: %s, apiVersion: %s, metadata: {resourceVersion: %s}, items: []}";
      String revision = Long.toString(store.revision());
      ObjectNode list = Json.of(template, kind.kind() + "List", kind.apiVersion(), revision);
      store.list(kind.resource(), target.namespace()).stream()
          .filter(Selector.of(kind, request))
          .forEach(list.withArray("items")::add);
      return list;
    }
  }

  /** One object as the client wants to see it. */
  static ObjectNode view(Request request, Kind kind, ObjectNode object, boolean headers) {
    boolean plain = !request.wantsTable() || !object.path("kind").asText().equals(kind.kind());
    return plain ? object : Table.of(request, kind, object, List.of(object), headers);
  }
}
