package dev.flamepool.closure;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value whose class is not Serializable although it is one.
 *
 * @param content what it holds, if anything
 */
record Substitute(Kind kind, @Nullable Object content) {
  enum Kind {
    OPTIONAL(0),
    INT(1),
    LONG(2),
    DOUBLE(3),
    UNIT(4),
    PATTERN(5),
    KOTLIN_DEQUE(6),
    KOTLIN_BOX(7),
    PARTS(8);

    final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind of(int code) throws StreamCorruptedException {
      for (Kind k : values()) {
        if (k.code == code) {
          return k;
        }
      }
      throw new StreamCorruptedException("substitute " + code);
    }
  }

  static Substitute of(Object o) {
    if (o instanceof Optional<?> v) {
      return new Substitute(Kind.OPTIONAL, v.orElse(null));
    }
    if (o instanceof OptionalInt v) {
      return new Substitute(Kind.INT, v.isPresent() ? v.getAsInt() : null);
    }
    if (o instanceof OptionalLong v) {
      return new Substitute(Kind.LONG, v.isPresent() ? v.getAsLong() : null);
    }
    if (o instanceof OptionalDouble v) {
      return new Substitute(Kind.DOUBLE, v.isPresent() ? v.getAsDouble() : null);
    }
    if (o instanceof Pattern p) {
      return new Substitute(Kind.PATTERN, List.of(p.pattern(), p.flags()));
    }
    return Parts.has(o.getClass()) ? new Substitute(Kind.PARTS, Parts.of(o)) : ofKotlin(o);
  }

  private static Substitute ofKotlin(Object o) {
    String name = o.getClass().getName();
    if (!Languages.INLINE.contains(name)) {
      return o instanceof Collection<?> deque
          ? new Substitute(Kind.KOTLIN_DEQUE, new ArrayList<>(deque))
          : new Substitute(Kind.UNIT, null);
    }
    try {
      return new Substitute(Kind.KOTLIN_BOX, Arrays.asList(name, Languages.unboxed(o)));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name, e);
    }
  }

  Object resolve(Policy policy) throws ObjectStreamException {
    try {
      return switch (kind) {
        case OPTIONAL -> Optional.ofNullable(content);
        case INT -> content == null ? OptionalInt.empty() : OptionalInt.of((Integer) content);
        case LONG -> content == null ? OptionalLong.empty() : OptionalLong.of((Long) content);
        case DOUBLE ->
            content == null ? OptionalDouble.empty() : OptionalDouble.of((Double) content);
        case UNIT ->
            Class.forName("kotlin.Unit", true, policy.application()).getField("INSTANCE").get(null);
        case PATTERN -> pattern(content, policy);
        case PARTS -> Parts.make(content);
        case KOTLIN_DEQUE ->
            Class.forName(Languages.DEQUE, true, policy.application())
                .getConstructor(Collection.class)
                .newInstance(content);
        case KOTLIN_BOX -> {
          List<?> parts = (List<?>) content;
          if (parts == null || parts.size() != 2) {
            throw new InvalidObjectException("no box");
          }
          yield Languages.boxed((String) parts.get(0), parts.get(1), policy.application());
        }
      };
    } catch (ReflectiveOperationException | ClassCastException | IllegalArgumentException e) {
      throw new InvalidObjectException(kind + " cannot be made: " + e);
    }
  }

  private static Pattern pattern(@Nullable Object content, Policy policy)
      throws InvalidObjectException {
    if (!(content instanceof List<?> parts)
        || parts.size() != 2
        || !(parts.get(0) instanceof String text)
        || !(parts.get(1) instanceof Integer flags)) {
      throw new InvalidObjectException("no pattern");
    }
    if (policy.isForReplies() && (flags & Pattern.CANON_EQ) != 0) {
      // compiling it tries all orders of the marks on a letter
      throw new InvalidObjectException("a pattern with CANON_EQ: return its text");
    }
    return Pattern.compile(text, flags);
  }
}
