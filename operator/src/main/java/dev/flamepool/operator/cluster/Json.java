package dev.flamepool.operator.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** JSON of API objects: one mapper, merge patches, and a form that is the same every time. */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private static final ObjectWriter PLAIN =
      MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).with(new MarkupEscapes());

  /** Written whole or not at all: half of one could pair an attempt with another's machine. */
  private static final Set<String> WHOLE = Set.of("launch", "machine");

  private Json() {}

  /** A value as a tree; null becomes an empty object. */
  public static JsonNode tree(Object value) {
    return value == null ? MAPPER.createObjectNode() : MAPPER.valueToTree(value);
  }

  /** A tree as a value. */
  public static <T> T value(JsonNode tree, Class<T> type) {
    return MAPPER.convertValue(tree, type);
  }

  /** Reads a value that {@link #text} wrote. */
  public static JsonNode read(byte[] text) {
    try {
      return MAPPER.readTree(text);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("stored JSON is malformed", e);
    }
  }

  /** Reads a value that {@link #plainText} wrote. */
  public static JsonNode read(String text) {
    return read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Compact text, map keys sorted, so that equal values give equal bytes. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
    }
  }

  /**
   * The same, in ASCII and without {@code <}, {@code >} and {@code &}: no API server or proxy that
   * writes it again, with the escapes that Go uses, makes other bytes of it.
   */
  public static String plainText(Object value) {
    try {
      return PLAIN.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
    }
  }

  /**
   * The same text for the same value wherever it was read: keys sorted, without what is null, whole
   * numbers without a fraction.
   */
  public static String canonical(Object value) {
    return text(sorted(tree(value)));
  }

  private static JsonNode sorted(JsonNode node) {
    if (node.isObject()) {
      ObjectNode sorted = object();
      new TreeMap<>(fields(node))
          .forEach(
              (name, field) -> {
                if (!field.isNull()) {
                  sorted.set(name, sorted(field));
                }
              });
      return sorted;
    }
    if (node.isArray()) {
      ArrayNode array = MAPPER.createArrayNode();
      node.forEach(element -> array.add(sorted(element)));
      return array;
    }
    return node.isFloatingPointNumber() && node.canConvertToExactIntegral()
        ? BigIntegerNode.valueOf(node.bigIntegerValue())
        : node;
  }

  private static Map<String, JsonNode> fields(JsonNode object) {
    return object.properties().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The merge patch (RFC 7386) that turns one object into another; empty when they are equal. */
  public static ObjectNode mergePatch(JsonNode from, JsonNode to) {
    ObjectNode patch = object();
    for (Map.Entry<String, JsonNode> field : to.properties()) {
      JsonNode old = from.get(field.getKey());
      JsonNode wanted = field.getValue();
      if (wanted.equals(old)) {
        continue;
      }
      if (old != null && old.isObject() && wanted.isObject() && !WHOLE.contains(field.getKey())) {
        patch.set(field.getKey(), mergePatch(old, wanted));
      } else {
        patch.set(field.getKey(), wanted);
      }
    }
    for (Iterator<String> names = from.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!to.has(name) && !WHOLE.contains(name)) {
        patch.putNull(name);
      }
    }
    return patch;
  }

  private static final class MarkupEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] escapes = standardAsciiEscapesForJSON();
      for (char markup : new char[] {'<', '>', '&'}) {
        escapes[markup] = ESCAPE_STANDARD;
      }
      return escapes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
