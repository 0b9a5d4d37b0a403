package dev.flamepool.operator.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is kept of an account's credentials: those that worked last, and newer ones that have not
 * worked yet, as they may have been mistyped. Immutable.
 *
 * @param values those that worked last; the first ones as long as none did
 * @param next newer ones that have not worked yet; empty for none
 * @param worked whether any ever did
 */
record CloudCopy(Map<String, String> values, Map<String, String> next, boolean worked) {
  static final CloudCopy NONE = new CloudCopy(Map.of(), Map.of(), false);

  private static final String VALUE = "value.";
  private static final String NEXT = "next.";
  private static final String UNTRIED = "untried";

  /** As it is stored; what an earlier version stored has worked. */
  static CloudCopy of(Secret secret) {
    Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
    return new CloudCopy(read(data, VALUE), read(data, NEXT), !data.containsKey(UNTRIED));
  }

  private static Map<String, String> read(Map<String, String> data, String prefix) {
    Map<String, String> values = new TreeMap<>();
    data.forEach(
        (key, text) -> {
          if (key.startsWith(prefix)) {
            values.put(
                key.substring(prefix.length()),
                new String(Base64.getDecoder().decode(text), UTF_8));
          }
        });
    return values;
  }

  /** As it is to be stored. */
  Map<String, String> data() {
    Map<String, String> data = new TreeMap<>();
    values.forEach((key, value) -> data.put(VALUE + key, encoded(value)));
    next.forEach((key, value) -> data.put(NEXT + key, encoded(value)));
    if (!worked) {
      data.put(UNTRIED, encoded("true"));
    }
    return data;
  }

  static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** Something is about to be done with these. */
  CloudCopy opened(Map<String, String> now) {
    if (values.isEmpty()) {
      return new CloudCopy(now, Map.of(), false);
    }
    return now.equals(values) || now.equals(next) ? this : new CloudCopy(values, now, worked);
  }

  /** These were accepted; what is not kept any more is told too late. */
  CloudCopy accepted(Map<String, String> now) {
    if (now.equals(next)) {
      return new CloudCopy(next, Map.of(), true);
    }
    return now.equals(values) ? new CloudCopy(values, next, true) : this;
  }

  /** All of them, in the order in which they are to be tried. */
  List<Map<String, String>> all() {
    return Stream.of(values, next).filter(one -> !one.isEmpty()).toList();
  }

  /** Without what it holds. */
  @Override
  public String toString() {
    return "CloudCopy[" + all().size() + "]";
  }
}
