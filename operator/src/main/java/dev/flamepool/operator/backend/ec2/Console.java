package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.Redaction;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The end of an instance's console for people: printable, and without presigned URLs. Pure. */
final class Console {
  private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;?]*[A-Za-z]");
  private static final Pattern PRESIGNED =
      Pattern.compile("(?i)(X-Amz-(?:Signature|Credential|Security-Token))=[^&\\s\"']+");

  private static final String OWN = "flamepool: ";

  /** What the scripts say once, at the end; other words of theirs may follow. */
  private static final Pattern VERDICT = Pattern.compile("(?:failed|ended): (.*)");

  /** Of the application's process. */
  private static final Pattern EXIT_CODE = Pattern.compile("\\bexit code (\\d{1,3})\\b");

  private Console() {}

  /** The exit code in what {@link #why} gives; empty if there is none. */
  static OptionalInt exitCode(String why) {
    Matcher code = EXIT_CODE.matcher(why);
    return code.find() ? OptionalInt.of(Integer.parseInt(code.group(1))) : OptionalInt.empty();
  }

  /** What the scripts said of the end, else what they said last; empty when they said nothing. */
  static String why(List<String> lines) {
    List<String> own =
        lines.stream()
            .filter(line -> line.contains(OWN))
            .map(line -> line.substring(line.indexOf(OWN) + OWN.length()))
            .toList();
    return own.stream()
        .map(VERDICT::matcher)
        .filter(Matcher::matches)
        .map(verdict -> verdict.group(1))
        .findFirst()
        .orElseGet(() -> own.isEmpty() ? "" : own.get(own.size() - 1));
  }

  /**
   * The last lines.
   *
   * @param secrets values to be made unreadable; null when they are not known: then there is only
   *     what the bootstrap script itself says
   */
  static List<String> lines(
      String console, int most, int length, @Nullable Collection<String> secrets) {
    String text = secrets == null ? console : Redaction.of(console, secrets);
    List<String> all =
        text.lines()
            .filter(line -> secrets != null || line.contains(OWN))
            .map(line -> COLOUR.matcher(line).replaceAll(""))
            .map(line -> PRESIGNED.matcher(line).replaceAll("$1=***"))
            .map(line -> line.replaceAll("[\\p{Cntrl}\\ufffd]", ""))
            .filter(line -> !line.isBlank())
            .map(line -> line.length() <= length ? line : line.substring(0, length))
            .toList();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
