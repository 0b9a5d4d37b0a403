package dev.flamepool.operator.backend.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * Lays one Pod template over another: objects are merged field by field, null removes, containers
 * are merged by name; variables, volumes and mounts replace those of the same name or path; any
 * other list replaces the one below. Pure.
 */
final class TemplateMerge {
  /** Lists whose elements are merged, by name. */
  private static final Set<String> MERGED = Set.of("containers", "initContainers");

  /** Lists whose elements are replaced as a whole, and the field by which they are the same. */
  private static final Map<String, String> REPLACED =
      Map.of("env", "name", "volumes", "name", "volumeMounts", "mountPath");

  private TemplateMerge() {}

  /** The upper laid over the lower; neither is changed. */
  static ObjectNode merge(ObjectNode lower, ObjectNode upper) {
    ObjectNode merged = lower.deepCopy();
    for (Map.Entry<String, JsonNode> field : upper.properties()) {
      String name = field.getKey();
      JsonNode over = field.getValue();
      JsonNode under = merged.get(name);
      if (over.isNull()) {
        merged.remove(name);
      } else if (under instanceof ObjectNode below && over instanceof ObjectNode above) {
        merged.set(name, merge(below, above));
      } else if (under instanceof ArrayNode below && over instanceof ArrayNode above) {
        merged.set(name, lists(name, below, above));
      } else {
        merged.set(name, over.deepCopy());
      }
    }
    return merged;
  }

  private static ArrayNode lists(String field, ArrayNode lower, ArrayNode upper) {
    String same = MERGED.contains(field) ? "name" : REPLACED.get(field);
    if (same == null) {
      return upper.deepCopy();
    }
    ArrayNode merged = lower.deepCopy();
    for (JsonNode over : upper) {
      int at = find(merged, same, over.path(same));
      if (at < 0) {
        merged.add(over.deepCopy());
      } else if (MERGED.contains(field)
          && merged.get(at) instanceof ObjectNode below
          && over instanceof ObjectNode above) {
        merged.set(at, merge(below, above));
      } else {
        merged.set(at, over.deepCopy());
      }
    }
    return merged;
  }

  private static int find(ArrayNode list, String field, JsonNode value) {
    for (int i = 0; i < list.size(); i++) {
      if (!value.isMissingNode() && list.get(i).path(field).equals(value)) {
        return i;
      }
    }
    return -1;
  }
}
