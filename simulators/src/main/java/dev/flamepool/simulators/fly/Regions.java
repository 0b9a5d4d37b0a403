package dev.flamepool.simulators.fly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fly's regions, their groups, and the order of preference that a create call gives. */
final class Regions {
  /** Code, name, group. As of August 2026. */
  private static final String TABLE =
      """
      ams Amsterdam, Netherlands;eu
      arn Stockholm, Sweden;eu
      bom Mumbai, India;apac
      cdg Paris, France;eu
      dfw Dallas, Texas (US);us
      ewr Secaucus, NJ (US);us
      fra Frankfurt, Germany;eu
      gru Sao Paulo, Brazil;sa
      iad Ashburn, Virginia (US);us
      jnb Johannesburg, South Africa;any
      lax Los Angeles, California (US);us
      lhr London, United Kingdom;eu
      nrt Tokyo, Japan;apac
      ord Chicago, Illinois (US);us
      sin Singapore, Singapore;apac
      sjc San Jose, California (US);us
      syd Sydney, Australia;apac
      yyz Toronto, Canada;na
      """;

  /** Code to name, and group to codes. */
  static final Map<String, String> NAMES = new LinkedHashMap<>();

  private static final Map<String, Set<String>> GROUPS = new LinkedHashMap<>();

  static {
    TABLE
        .lines()
        .forEach(
            line -> {
              String code = line.substring(0, 3);
              String group = line.substring(line.indexOf(';') + 1);
              NAMES.put(code, line.substring(4, line.indexOf(';')));
              member("any", code);
              member(group, code);
              if (group.equals("us")) {
                member("na", code);
              }
            });
  }

  private Regions() {}

  private static void member(String group, String code) {
    GROUPS.computeIfAbsent(group, g -> new LinkedHashSet<>()).add(code);
  }

  /**
   * The regions of an expression such as {@code fra,eu}, in order.
   *
   * @param expression empty for any
   * @throws FlyError if one does not exist
   */
  static List<String> of(String expression) throws FlyError {
    Set<String> codes = new LinkedHashSet<>();
    for (String word : Arrays.asList((expression.isBlank() ? "any" : expression).split(",", -1))) {
      String region = word.strip();
      if (NAMES.containsKey(region)) {
        codes.add(region);
      } else if (GROUPS.containsKey(region)) {
        codes.addAll(GROUPS.get(region));
      } else {
        throw FlyError.of(400, "invalid_argument: target region " + region + " not found");
      }
    }
    return new ArrayList<>(codes);
  }
}
