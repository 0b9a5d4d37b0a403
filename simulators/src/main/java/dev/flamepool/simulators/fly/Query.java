package dev.flamepool.simulators.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The parameters of a request's query, repeated ones in order. */
record Query(Map<String, List<String>> values) {
  static Query of(String path) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    int mark = path.indexOf('?');
    if (mark >= 0 && mark + 1 < path.length()) {
      for (String pair : path.substring(mark + 1).split("&", -1)) {
        String[] parts = pair.split("=", 2);
        values
            .computeIfAbsent(URLDecoder.decode(parts[0], UTF_8), name -> new ArrayList<>())
            .add(parts.length > 1 ? URLDecoder.decode(parts[1], UTF_8) : "");
      }
    }
    return new Query(values);
  }

  Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** All values, each split at its commas. */
  List<String> list(String name) {
    return all(name).stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  boolean is(String name) {
    return first(name).filter(value -> value.equals("true") || value.equals("1")).isPresent();
  }
}
