package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.ApiException.Cause;
import dev.flamepool.minicluster.Schema.ListType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Server-side apply: what a manager applies is merged, and what it applied before but not now goes,
 * unless another manager applies it too. Ownership by update is not kept, so only appliers conflict
 * with each other.
 */
final class Apply {
  private Apply() {}

  /**
   * The object after the apply.
   *
   * @param before what this manager applied last, empty at first
   * @param others what the other managers apply now
   */
  static ObjectNode apply(
      ObjectNode present,
      ObjectNode applied,
      ObjectNode before,
      List<? extends JsonNode> others,
      JsonNode schema) {
    drop(present, before, applied, others, schema);
    return merge(present, applied, schema);
  }

  /**
   * One cause for each field that another manager applies with another value; by force these lose
   * it instead.
   */
  static List<Cause> conflicts(
      ObjectNode applied, Map<String, ObjectNode> others, boolean force, JsonNode schema) {
    List<Cause> causes = new ArrayList<>();
    others.forEach(
        (manager, theirs) -> conflicts(applied, theirs, force, schema, "", manager, causes));
    return causes;
  }

  private static void conflicts(
      JsonNode mine,
      ObjectNode theirs,
      boolean force,
      JsonNode schema,
      String path,
      String manager,
      List<Cause> causes) {
    for (Map.Entry<String, JsonNode> field : mine.properties()) {
      JsonNode other = theirs.get(field.getKey());
      String at = path + "." + field.getKey();
      if (other == null || other.equals(field.getValue())) {
        continue;
      }
      JsonNode inner = inner(schema, field.getKey());
      ListType type = ListType.of(inner, field.getKey(), field.getValue());
      if (other.isObject() && field.getValue().isObject()) {
        conflicts(field.getValue(), (ObjectNode) other, force, inner, at, manager, causes);
      } else if (type.isMap() && other.isArray()) {
        for (JsonNode element : field.getValue()) {
          ObjectNode twin = type.twin(other, element);
          if (twin != null) {
            conflicts(element, twin, force, inner.path("items"), at + "[]", manager, causes);
          }
        }
      } else if (force) {
        theirs.remove(field.getKey());
      } else if (!type.isSet()) {
        causes.add(new Cause("FieldManagerConflict", "conflict with \"" + manager + "\"", at));
      }
    }
  }

  private static JsonNode inner(JsonNode schema, String field) {
    // Metadata is described by no custom schema; its lists merge as they do in built-in kinds.
    return field.equals("metadata") ? schema.path("") : Schema.child(schema, field);
  }

  private static ObjectNode merge(ObjectNode present, JsonNode applied, JsonNode schema) {
    for (Map.Entry<String, JsonNode> field : applied.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      JsonNode inner = inner(schema, name);
      JsonNode old = present.get(name);
      if (value.isNull()) {
        present.remove(name);
      } else if (value.isObject() && old instanceof ObjectNode object && !isAtomic(inner)) {
        merge(object, value, inner);
      } else if (value.isArray() && old instanceof ArrayNode list) {
        present.set(name, mergeList(list, value, inner, ListType.of(inner, name, value)));
      } else {
        present.set(name, value.deepCopy());
      }
    }
    return present;
  }

  private static boolean isAtomic(JsonNode schema) {
    return schema.path("x-kubernetes-map-type").asText().equals("atomic");
  }

  private static ArrayNode mergeList(
      ArrayNode present, JsonNode applied, JsonNode schema, ListType type) {
    if (!type.isMap() && !type.isSet()) {
      return applied.deepCopy();
    }
    for (JsonNode element : applied) {
      ObjectNode twin = type.isMap() ? type.twin(present, element) : null;
      if (twin != null) {
        merge(twin, element, schema.path("items"));
      } else if (type.isMap() || Json.stream(present).noneMatch(element::equals)) {
        present.add(element.deepCopy());
      }
    }
    return present;
  }

  private static void drop(
      ObjectNode present,
      JsonNode before,
      JsonNode now,
      List<? extends JsonNode> others,
      JsonNode schema) {
    for (Map.Entry<String, JsonNode> field : before.properties()) {
      String name = field.getKey();
      JsonNode old = field.getValue();
      JsonNode inner = inner(schema, name);
      List<JsonNode> theirs =
          others.stream().map(other -> other.path(name)).filter(n -> !n.isMissingNode()).toList();
      ListType type = ListType.of(inner, name, old);
      if (present.get(name) instanceof ObjectNode object && old.isObject() && !isAtomic(inner)) {
        drop(object, old, now.path(name), theirs, inner);
        if (object.isEmpty() && !now.has(name) && theirs.isEmpty()) {
          present.remove(name);
        }
      } else if (present.get(name) instanceof ArrayNode list && (type.isMap() || type.isSet())) {
        dropElements(list, old, now.path(name), theirs, inner, type);
        if (list.isEmpty() && !now.has(name)) {
          present.remove(name);
        }
      } else if (!now.has(name) && theirs.isEmpty()) {
        present.remove(name);
      }
    }
  }

  private static void dropElements(
      ArrayNode present,
      JsonNode before,
      JsonNode now,
      List<JsonNode> others,
      JsonNode schema,
      ListType type) {
    for (JsonNode element : before) {
      boolean kept =
          contains(now, element, type) || others.stream().anyMatch(o -> contains(o, element, type));
      if (!kept) {
        present.removeIf(candidate -> contains(Json.array(List.of(candidate)), element, type));
      } else if (type.isMap() && contains(present, element, type)) {
        List<JsonNode> theirs = new ArrayList<>();
        others.stream()
            .filter(o -> contains(o, element, type))
            .forEach(o -> theirs.add(type.twin(o, element)));
        JsonNode mine = contains(now, element, type) ? type.twin(now, element) : Json.object();
        drop(type.twin(present, element), element, mine, theirs, schema.path("items"));
      }
    }
  }

  private static boolean contains(JsonNode list, JsonNode element, ListType type) {
    return type.isSet()
        ? Json.stream(list).anyMatch(element::equals)
        : type.twin(list, element) != null;
  }
}
