package dev.flamepool.operator.backend.ec2;

import java.util.List;
import java.util.regex.Pattern;

/** The end of an instance's console for people: printable, and without presigned URLs. Pure. */
final class Console {
  private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;?]*[A-Za-z]");
  private static final Pattern PRESIGNED =
      Pattern.compile("(?i)(X-Amz-(?:Signature|Credential|Security-Token))=[^&\\s\"']+");

  private Console() {}

  static List<String> lines(String console, int most, int length) {
    List<String> all =
        console
            .lines()
            .map(line -> COLOUR.matcher(line).replaceAll(""))
            .map(line -> PRESIGNED.matcher(line).replaceAll("$1=***"))
            .map(line -> line.replaceAll("[\\p{Cntrl}\\ufffd]", ""))
            .filter(line -> !line.isBlank())
            .map(line -> line.length() <= length ? line : line.substring(0, length))
            .toList();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
