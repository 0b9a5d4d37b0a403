package dev.flamepool.simulators.node;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code $(NAME)} in commands and variables, as Kubernetes expands it. */
final class Expansion {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([^()]*)\\)");

  private Expansion() {}

  /** What is not known stays as it is, and {@code $$} is a dollar. */
  static String expand(String text, Map<String, String> known) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            found -> {
              String name = found.group(1);
              String value = name == null ? "$" : known.getOrDefault(name, found.group());
              return Matcher.quoteReplacement(value);
            });
  }
}
