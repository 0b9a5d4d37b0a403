package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of Kubernetes' JSONPath that printer columns use: fields, {@code ['field']}, {@code
 * [0]}, {@code [*]} and filters such as {@code [?(@.type=="Ready")]}.
 */
final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile(
          "\\.(?<field>(?:[^.\\[\\\\]|\\\\.)+)"
              + "|\\['(?<quoted>[^']+)'\\]"
              + "|\\[(?<index>-?\\d+)\\]"
              + "|(?<all>\\[\\*\\]|\\.\\*)"
              + "|\\[\\?\\(@(?<of>[^=!<>]+?)\\s*(?<op>==|!=)\\s*[\"']?(?<value>[^\"']*)[\"']?\\)\\]");

  private JsonPath() {}

  /** Everything the path finds, in order; nothing for a path that cannot be read. */
  static List<JsonNode> find(JsonNode root, String path) {
    Stream<JsonNode> found = Stream.of(root);
    Matcher step = STEP.matcher(path);
    int end = 0;
    while (end < path.length()) {
      if (!step.find(end) || step.start() != end) {
        return List.of();
      }
      end = step.end();
      found = found.flatMap(next(step));
    }
    return found.toList();
  }

  private static java.util.function.Function<JsonNode, Stream<JsonNode>> next(Matcher step) {
    String field =
        step.group("field") != null ? step.group("field").replace("\\", "") : step.group("quoted");
    if (field != null) {
      return node -> Stream.ofNullable(node.get(field));
    }
    if (step.group("index") != null) {
      int index = Integer.parseInt(step.group("index"));
      return node -> Stream.ofNullable(node.get(index < 0 ? node.size() + index : index));
    }
    if (step.group("all") != null) {
      return Json::stream;
    }
    String of = step.group("of").strip();
    String wanted = step.group("value");
    boolean equal = step.group("op").equals("==");
    Predicate<JsonNode> matches =
        element ->
            find(element, of).stream().anyMatch(value -> value.asText().equals(wanted) == equal);
    return node -> Json.stream(node).filter(matches);
  }
}
