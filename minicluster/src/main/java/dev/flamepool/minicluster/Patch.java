package dev.flamepool.minicluster;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The patch formats; all change the target in place and return it. */
final class Patch {
  private Patch() {}

  /** RFC 7386; names with {@code $}, the directives of strategic merge, are passed over. */
  static ObjectNode merge(ObjectNode target, JsonNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (value.isNull()) {
        target.remove(name);
      } else if (value.isObject()) {
        boolean deeper = target.path(name).isObject();
        merge(deeper ? (ObjectNode) target.get(name) : target.putObject(name), value);
      } else if (!name.startsWith("$")) {
        target.set(name, value.deepCopy());
      }
    }
    return target;
  }

  /**
   * Server-side apply and strategic merge, both always by force and without owners: a merge in
   * which finalizers join those that are there.
   */
  static ObjectNode apply(ObjectNode target, JsonNode patch) {
    Set<JsonNode> finalizers = new LinkedHashSet<>();
    target.at("/metadata/finalizers").forEach(finalizers::add);
    patch.at("/metadata/finalizers").forEach(finalizers::add);
    merge(target, patch);
    Json.meta(target).withArray("finalizers").removeAll().addAll(finalizers);
    return target;
  }

  /** RFC 6902; a failed {@code test} or path is a 422, which clients take as "read again". */
  static ObjectNode json(ObjectNode target, JsonNode operations) {
    for (JsonNode operation : operations) {
      JsonPointer path = JsonPointer.compile(operation.path("path").asText());
      JsonPointer from = JsonPointer.compile(operation.path("from").asText());
      JsonNode value = operation.path("value");
      switch (operation.path("op").asText()) {
        case "add" -> add(target, path, value);
        case "remove" -> remove(target, path);
        case "replace" -> {
          remove(target, path);
          add(target, path, value);
        }
        case "copy" -> add(target, path, found(target, from));
        case "move" -> add(target, path, remove(target, from));
        case "test" -> {
          if (!found(target, path).equals(value)) {
            throw unprocessable("testing path " + path + ": test failed");
          }
        }
        default -> throw unprocessable("unexpected kind of operation: " + operation.path("op"));
      }
    }
    return target;
  }

  private static ApiException unprocessable(String why) {
    return new ApiException(422, "Invalid", "the patch cannot be applied: " + why);
  }

  private static JsonNode found(JsonNode root, JsonPointer path) {
    JsonNode node = root.at(path);
    if (node.isMissingNode() || path.matches()) {
      throw unprocessable("missing path " + path);
    }
    return node;
  }

  private static void add(ObjectNode root, JsonPointer path, JsonNode value) {
    if (path.matches()) {
      throw unprocessable("the whole object cannot be replaced");
    }
    JsonNode parent = root.at(path.head());
    String last = path.last().getMatchingProperty();
    int index = path.last().getMatchingIndex();
    if (parent instanceof ObjectNode object) {
      object.set(last, value.deepCopy());
    } else if (parent instanceof ArrayNode array && last.equals("-")) {
      array.add(value.deepCopy());
    } else if (parent instanceof ArrayNode array && index >= 0 && index <= array.size()) {
      array.insert(index, value.deepCopy());
    } else {
      throw unprocessable("missing path " + path);
    }
  }

  private static JsonNode remove(ObjectNode root, JsonPointer path) {
    JsonNode gone = found(root, path);
    if (root.at(path.head()) instanceof ArrayNode array) {
      array.remove(path.last().getMatchingIndex());
    } else {
      ((ObjectNode) root.at(path.head())).remove(path.last().getMatchingProperty());
    }
    return gone;
  }
}
