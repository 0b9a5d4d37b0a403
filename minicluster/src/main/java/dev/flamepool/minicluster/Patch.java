package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The three patch formats that change an existing object; server-side apply is {@link Apply}. */
final class Patch {
  private static final String DIRECTIVE = "$patch";

  private Patch() {}

  /** RFC 7386. */
  static ObjectNode merge(ObjectNode target, JsonNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value.isNull()) {
                target.remove(field.getKey());
              } else if (value.isObject()) {
                ObjectNode inner =
                    target.get(field.getKey()) instanceof ObjectNode object
                        ? object
                        : Json.object();
                target.set(field.getKey(), merge(inner, value));
              } else {
                target.set(field.getKey(), value.deepCopy());
              }
            });
    return target;
  }

  /** RFC 6902; a failed {@code test} or path is a 422, which clients take as "read again". */
  static ObjectNode json(ObjectNode target, JsonNode operations) {
    JsonNode result = target;
    for (JsonNode operation : operations) {
      String path = operation.path("path").asText();
      String from = operation.path("from").asText();
      JsonNode value = operation.path("value").deepCopy();
      switch (operation.path("op").asText()) {
        case "add" -> result = add(result, path, value);
        case "remove" -> remove(result, path);
        case "replace" -> {
          found(result, path);
          result = set(result, path, value);
        }
        case "copy" -> result = add(result, path, found(result, from).deepCopy());
        case "move" -> {
          JsonNode moved = found(result, from);
          remove(result, from);
          result = add(result, path, moved);
        }
        case "test" -> {
          if (!result.at(path).equals(value)) {
            throw unprocessable("testing path " + path + ": test failed");
          }
        }
        default ->
            throw ApiException.badRequest("unexpected kind of operation: " + operation.path("op"));
      }
    }
    if (result instanceof ObjectNode object) {
      return object;
    }
    throw unprocessable("the patched object is no object");
  }

  private static ApiException unprocessable(String why) {
    return ApiException.of(
        422, "Invalid", "the server rejected our request due to an error in our request: " + why);
  }

  private static JsonNode found(JsonNode root, String path) {
    JsonNode node = root.at(path);
    if (node.isMissingNode()) {
      throw unprocessable("missing path " + path);
    }
    return node;
  }

  private static JsonNode add(JsonNode root, String path, JsonNode value) {
    if (parent(root, path) instanceof ArrayNode array) {
      String at = last(path);
      array.insert(at.equals("-") ? array.size() : index(at, array.size()), value);
      return root;
    }
    return set(root, path, value);
  }

  private static JsonNode set(JsonNode root, String path, JsonNode value) {
    if (path.isEmpty()) {
      return value;
    }
    if (parent(root, path) instanceof ObjectNode object) {
      object.set(last(path), value);
    } else if (parent(root, path) instanceof ArrayNode array) {
      array.set(index(last(path), array.size() - 1), value);
    } else {
      throw unprocessable("missing path " + path);
    }
    return root;
  }

  private static void remove(JsonNode root, String path) {
    found(root, path);
    if (parent(root, path) instanceof ObjectNode object) {
      object.remove(last(path));
    } else if (parent(root, path) instanceof ArrayNode array) {
      array.remove(index(last(path), array.size() - 1));
    }
  }

  private static int index(String text, int max) {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index <= max) {
        return index;
      }
    } catch (NumberFormatException e) {
      throw unprocessable("not an index: " + text);
    }
    throw unprocessable("index out of bounds: " + text);
  }

  private static JsonNode parent(JsonNode root, String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? MissingNode.getInstance() : root.at(path.substring(0, slash));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~");
  }

  /**
   * Kubernetes' own merge of built-in kinds: lists by key, with the {@code $} directives that
   * kubectl sends.
   */
  static ObjectNode strategic(ObjectNode target, JsonNode patch) {
    if (patch.path(DIRECTIVE).asText().equals("replace")) {
      ObjectNode replacement = patch.deepCopy();
      replacement.remove(DIRECTIVE);
      return replacement;
    }
    for (JsonNode retained : List.of(patch.path("$retainKeys"))) {
      if (retained.isArray()) {
        target.retain(Json.texts(retained));
      }
    }
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (name.startsWith("$deleteFromPrimitiveList/")) {
        String list = name.substring(name.indexOf('/') + 1);
        target.set(
            list,
            Json.array(Json.stream(target.path(list)).filter(e -> !contains(value, e)).toList()));
      } else if (value.isNull()) {
        target.remove(name);
      } else if (value.isObject()) {
        ObjectNode inner = target.get(name) instanceof ObjectNode object ? object : Json.object();
        if (value.path(DIRECTIVE).asText().equals("delete")) {
          target.remove(name);
        } else {
          target.set(name, strategic(inner, value));
        }
      } else if (value.isArray() && !name.startsWith("$")) {
        target.set(name, list(target.path(name), value, name));
      } else if (!name.startsWith("$")) {
        target.set(name, value);
      }
    }
    return target;
  }

  private static boolean contains(JsonNode list, JsonNode element) {
    return Json.stream(list).anyMatch(element::equals);
  }

  private static ArrayNode list(JsonNode present, JsonNode patch, String field) {
    Schema.ListType type = Schema.ListType.of(MissingNode.getInstance(), field, patch);
    boolean replace =
        Json.stream(patch).anyMatch(e -> e.path(DIRECTIVE).asText().equals("replace"));
    if (replace || (!type.isSet() && !type.isMap())) {
      return Json.array(Json.stream(patch).filter(e -> !e.has(DIRECTIVE)).toList());
    }
    List<JsonNode> result = new ArrayList<>();
    present.forEach(result::add);
    for (JsonNode element : patch) {
      ObjectNode twin = type.isMap() ? type.twin(Json.array(result), element) : null;
      if (element.path(DIRECTIVE).asText().equals("delete")) {
        result.remove(twin);
      } else if (twin != null) {
        result.set(result.indexOf(twin), strategic(twin.deepCopy(), element));
      } else if (type.isMap() || !result.contains(element)) {
        result.add(type.isMap() ? strategic(Json.object(), element) : element);
      }
    }
    return Json.array(result);
  }
}
