package dev.flamepool.simulators.ec2;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a type's name says of it; no list of all types is kept. */
record InstanceType(String name, int vcpus, int memoryMiB, String architecture, boolean nitro) {
  private static final Pattern NAME =
      Pattern.compile(
          "([a-z]+)([0-9]+)([a-z0-9-]*)\\."
              + "(nano|micro|small|medium|large|xlarge|([0-9]+)xlarge|metal(-[0-9]+xl)?)");

  /** Empty if it cannot be one. */
  static Optional<InstanceType> of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int vcpus =
        switch (parts.group(4)) {
          case "nano", "micro", "small", "medium" -> parts.group(1).equals("t") ? 2 : 1;
          case "large" -> 2;
          case "xlarge" -> 4;
          default -> parts.group(5) == null ? 96 : 4 * Integer.parseInt(parts.group(5));
        };
    int memory =
        switch (parts.group(4)) {
          case "nano" -> 512;
          case "micro" -> 1_024;
          case "small" -> 2_048;
          case "medium" -> 4_096;
          default -> vcpus * 4_096;
        };
    boolean arm = parts.group(3).startsWith("g") || name.startsWith("a1.");
    boolean nitro = Integer.parseInt(parts.group(2)) > (parts.group(1).equals("t") ? 2 : 4);
    return Optional.of(new InstanceType(name, vcpus, memory, arm ? "arm64" : "x86_64", nitro));
  }
}
