package dev.flamepool.simulators.ec2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parameters of the EC2 query protocol: {@code Name}, lists as {@code Name.1}, {@code Name.2}. */
record Params(Map<String, String> all) {
  /** Copies what it is given. */
  Params {
    all = new TreeMap<>(all);
  }

  /** Empty if it is not given. */
  String get(String name) {
    return all.getOrDefault(name, "");
  }

  boolean has(String name) {
    return all.containsKey(name);
  }

  /** Whether it, or anything within it, is given. */
  boolean hasAny(String name) {
    return has(name) || all.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  boolean is(String name) {
    return get(name).equals("true");
  }

  String must(String name) throws AwsError {
    String value = get(name);
    if (value.isEmpty()) {
      throw AwsError.of("MissingParameter", "The request must contain the parameter " + name);
    }
    return value;
  }

  int number(String name, int otherwise) throws AwsError {
    try {
      return has(name) ? Integer.parseInt(get(name)) : otherwise;
    } catch (NumberFormatException e) {
      throw AwsError.of("InvalidParameterValue", "Value for parameter " + name + " is invalid");
    }
  }

  /** The values of a list, in the order of their numbers. */
  List<String> list(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 1; has(name + "." + i); i++) {
      values.add(get(name + "." + i));
    }
    return values;
  }

  /** The structures of a list, in the order of their numbers. */
  List<Params> structures(String name) {
    List<Params> found = new ArrayList<>();
    for (int i = 1; hasAny(name + "." + i); i++) {
      found.add(in(name + "." + i));
    }
    return found;
  }

  /** The parameters within one, without its name. */
  Params in(String name) {
    Map<String, String> found = new LinkedHashMap<>();
    all.forEach(
        (key, value) -> {
          if (key.startsWith(name + ".")) {
            found.put(key.substring(name.length() + 1), value);
          }
        });
    return new Params(found);
  }

  /** A list of tags. */
  Map<String, String> tags(String name) {
    Map<String, String> tags = new LinkedHashMap<>();
    structures(name).forEach(tag -> tags.put(tag.get("Key"), tag.get("Value")));
    return tags;
  }
}
