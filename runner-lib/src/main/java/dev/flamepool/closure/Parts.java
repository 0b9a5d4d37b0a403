package dev.flamepool.closure;

import java.io.InvalidObjectException;
import java.net.Proxy;
import java.net.SocketAddress;
import java.nio.charset.Charset;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.format.DecimalStyle;
import java.util.DoubleSummaryStatistics;
import java.util.HexFormat;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale.LanguageRange;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.function.Function;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;

/** Small values of the JDK that are not Serializable: taken apart and put together in public. */
final class Parts {
  /** Characters of a text that something is made of. */
  private static final int MOST = 256;

  private record Made<T>(Function<T, List<?>> apart, Function<List<?>, T> together) {}

  private static final Map<Class<?>, Made<?>> ALL = new LinkedHashMap<>();
  private static final Map<String, Made<?>> BY_NAME = new LinkedHashMap<>();

  static {
    add(Charset.class, c -> List.of(c.name()), p -> Charset.forName(text(p, 0)));
    add(FileTime.class, t -> List.of(t.toInstant()), p -> FileTime.from((Instant) p.get(0)));
    add(Runtime.Version.class, v -> List.of(v.toString()), p -> Runtime.Version.parse(text(p, 0)));
    add(
        Character.UnicodeBlock.class,
        b -> List.of(b.toString()),
        p -> Character.UnicodeBlock.forName(text(p, 0)));
    add(Attributes.Name.class, n -> List.of(n.toString()), p -> new Attributes.Name(text(p, 0)));
    add(
        LanguageRange.class,
        r -> List.of(r.getRange(), r.getWeight()),
        p -> new LanguageRange(text(p, 0), (Double) p.get(1)));
    add(
        HexFormat.class,
        f -> List.of(f.delimiter(), f.prefix(), f.suffix(), f.isUpperCase()),
        Parts::hexFormat);
    add(
        DecimalStyle.class,
        s ->
            List.of(
                s.getZeroDigit(),
                s.getPositiveSign(),
                s.getNegativeSign(),
                s.getDecimalSeparator()),
        p ->
            DecimalStyle.STANDARD
                .withZeroDigit((Character) p.get(0))
                .withPositiveSign((Character) p.get(1))
                .withNegativeSign((Character) p.get(2))
                .withDecimalSeparator((Character) p.get(3)));
    add(
        Proxy.class,
        p -> p.address() == null ? List.of() : List.of(p.type(), p.address()),
        p ->
            p.isEmpty()
                ? Proxy.NO_PROXY
                : new Proxy((Proxy.Type) p.get(0), (SocketAddress) p.get(1)));
    statistics();
  }

  private static void statistics() {
    add(
        IntSummaryStatistics.class,
        s -> List.of(s.getCount(), s.getMin(), s.getMax(), s.getSum()),
        p ->
            new IntSummaryStatistics(
                (Long) p.get(0), (Integer) p.get(1), (Integer) p.get(2), (Long) p.get(3)));
    add(
        LongSummaryStatistics.class,
        s -> List.of(s.getCount(), s.getMin(), s.getMax(), s.getSum()),
        p ->
            new LongSummaryStatistics(
                (Long) p.get(0), (Long) p.get(1), (Long) p.get(2), (Long) p.get(3)));
    add(
        DoubleSummaryStatistics.class,
        s -> List.of(s.getCount(), s.getMin(), s.getMax(), s.getSum()),
        p ->
            new DoubleSummaryStatistics(
                (Long) p.get(0), (Double) p.get(1), (Double) p.get(2), (Double) p.get(3)));
  }

  private Parts() {}

  private static <T> void add(
      Class<T> type, Function<T, List<?>> apart, Function<List<?>, T> together) {
    Made<T> made = new Made<>(apart, together);
    ALL.put(type, made);
    BY_NAME.put(type.getName(), made);
  }

  private static HexFormat hexFormat(List<?> p) {
    HexFormat format =
        HexFormat.ofDelimiter(text(p, 0)).withPrefix(text(p, 1)).withSuffix(text(p, 2));
    return (Boolean) p.get(3) ? format.withUpperCase() : format;
  }

  private static String text(List<?> parts, int i) {
    String text = (String) parts.get(i);
    if (text.length() > MOST) {
      throw new IllegalArgumentException("a text of " + text.length() + " characters");
    }
    return text;
  }

  /** Whether objects of that class are among them; of charsets only those that the JDK has. */
  static boolean has(Class<?> c) {
    return ALL.containsKey(type(c));
  }

  private static Class<?> type(Class<?> c) {
    return Policy.isJdk(c) && Charset.class.isAssignableFrom(c) ? Charset.class : c;
  }

  /** The name of its class, and what it is made of. */
  static List<?> of(Object o) {
    Class<?> type = type(o.getClass());
    return List.of(type.getName(), apart(ALL.get(type), o));
  }

  @SuppressWarnings("unchecked")
  private static <T> List<?> apart(@Nullable Made<T> made, Object o) {
    if (made == null) {
      throw new IllegalStateException(o.getClass().getName());
    }
    return made.apart.apply((T) o);
  }

  /**
   * The value that such a list is of.
   *
   * @throws InvalidObjectException if it is of none
   */
  static Object make(@Nullable Object content) throws InvalidObjectException {
    if (content instanceof List<?> all
        && all.size() == 2
        && all.get(0) instanceof String name
        && all.get(1) instanceof List<?> parts) {
      Made<?> made = BY_NAME.get(name);
      Object value;
      try {
        value = made == null ? null : made.together.apply(parts);
      } catch (RuntimeException e) {
        InvalidObjectException refused = new InvalidObjectException(name + " cannot be made: " + e);
        refused.initCause(e);
        throw refused;
      }
      if (value != null) {
        return value;
      }
    }
    throw new InvalidObjectException("no value that is made of parts");
  }
}
