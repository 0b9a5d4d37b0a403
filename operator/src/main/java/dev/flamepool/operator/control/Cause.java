package dev.flamepool.operator.control;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names of causes: {@code SINGLE_USE} on the wire and in files, {@code SingleUse} in a status. */
public final class Cause {
  private Cause() {}

  /** As in a status; empty stays empty, a name already in that form stays as it is. */
  public static String inStatus(String name) {
    if (!name.equals(name.toUpperCase(Locale.ROOT))) {
      return name;
    }
    return Arrays.stream(name.split("_", -1))
        .filter(word -> !word.isEmpty())
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
