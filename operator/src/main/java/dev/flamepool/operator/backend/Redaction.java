package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.Reading.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A runner's output without the values of its variables: as they are, in Base64, in hex, and with
 * the escapes of URLs, JSON, shells and XML. Pure; takes some milliseconds for 256 KiB.
 */
public final class Redaction {
  /** Shorter values would blot out half of every line and protect nothing. */
  private static final int SHORTEST_SECRET = 6;

  /** With more values and lines of values than this nothing is shown: it would take too long. */
  private static final int MOST = 20_000;

  private static final String BLOT = "***";

  /** Names whose values people should read. */
  private static final Set<String> OPEN =
      Set.of("FLAME_POOL", "FLAME_RUNNER", "FLAME_BIND", Names.CODE_VERSION_ENV);

  private static final List<Way> LITERAL =
      List.of(Way.PLAIN, Way.PERCENT, Way.FORM, Way.BACKSLASH, Way.QUOTES, Way.ENTITIES);

  private Redaction() {}

  /** The values of an environment that people should not read. */
  public static Collection<String> secrets(Map<String, String> env) {
    return env.entrySet().stream()
        .filter(entry -> !OPEN.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Replaces each value of the environment, and each of its lines, by asterisks. */
  public static String of(String text, Map<String, String> env) {
    return of(text, secrets(env));
  }

  /** Replaces each value, and each of its lines, by asterisks; values below 6 characters stay. */
  public static String of(String text, Collection<String> values) {
    Set<String> secrets = new LinkedHashSet<>();
    values.stream()
        .flatMap(value -> Stream.concat(Stream.of(value), value.lines()))
        .map(String::strip)
        .filter(value -> value.length() >= SHORTEST_SECRET)
        .distinct()
        .limit(MOST + 1L)
        .forEach(secrets::add);
    if (secrets.isEmpty()) {
      return text;
    }
    if (secrets.size() > MOST) {
      return BLOT;
    }
    byte[] bytes = text.getBytes(UTF_8);
    BitSet found = new BitSet(bytes.length);
    Needles literal = new Needles(secrets.stream().map(Redaction::literal).toList());
    LITERAL.forEach(way -> literal.mark(Reading.of(bytes, way), found));
    new Needles(secrets.stream().flatMap(Redaction::base64).toList())
        .mark(Reading.of(bytes, Way.BASE64), found);
    new Needles(secrets.stream().map(Redaction::hex).toList())
        .mark(Reading.of(bytes, Way.HEX), found);
    return without(bytes, found);
  }

  private static byte[] literal(String secret) {
    return Reading.of(secret.getBytes(UTF_8), Way.PLAIN).bytes();
  }

  /**
   * What is the same whatever stands before and after: three texts, as a value begins at the first,
   * second or third byte of a group.
   */
  private static Stream<byte[]> base64(String secret) {
    byte[] value = secret.getBytes(UTF_8);
    List<byte[]> all = new ArrayList<>();
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + value.length];
      System.arraycopy(value, 0, shifted, before, value.length);
      byte[] text = Base64.getEncoder().encode(shifted);
      all.add(Arrays.copyOfRange(text, (before * 8 + 5) / 6, shifted.length * 8 / 6));
    }
    return all.stream();
  }

  private static byte[] hex(String secret) {
    return HexFormat.of().formatHex(secret.getBytes(UTF_8)).getBytes(ISO_8859_1);
  }

  /** One blot for what is found in one piece; line breaks stay. */
  private static String without(byte[] bytes, BitSet found) {
    StringBuilder text = new StringBuilder(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int next = found.get(at) ? found.nextClearBit(at) : found.nextSetBit(at);
      int end = next < 0 ? bytes.length : Math.min(next, bytes.length);
      String piece = new String(bytes, at, end - at, UTF_8);
      text.append(found.get(at) ? piece.replaceAll("[^\\r\\n]+", "***") : piece);
      at = end;
    }
    return text.toString();
  }
}
