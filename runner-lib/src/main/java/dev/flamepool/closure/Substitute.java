package dev.flamepool.closure;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A value whose class is not Serializable although it is one, inside a Java stream. */
final class Substitute implements Serializable {
  private static final long serialVersionUID = 1;

  enum Kind {
    OPTIONAL,
    INT,
    LONG,
    DOUBLE,
    UNIT
  }

  private final Kind kind;

  @SuppressWarnings("serial") // goes as whatever it is
  private final @Nullable Object content;

  private Substitute(Kind kind, @Nullable Object content) {
    this.kind = kind;
    this.content = content;
  }

  /** What stands for it; null where nothing does. */
  static @Nullable Substitute of(Object o) {
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
    return o.getClass().getName().equals("kotlin.Unit") ? new Substitute(Kind.UNIT, null) : null;
  }

  Object resolve(ClassLoader application) throws ObjectStreamException {
    try {
      return switch (kind) {
        case OPTIONAL -> Optional.ofNullable(content);
        case INT -> content == null ? OptionalInt.empty() : OptionalInt.of((Integer) content);
        case LONG -> content == null ? OptionalLong.empty() : OptionalLong.of((Long) content);
        case DOUBLE ->
            content == null ? OptionalDouble.empty() : OptionalDouble.of((Double) content);
        case UNIT -> Class.forName("kotlin.Unit", true, application).getField("INSTANCE").get(null);
      };
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new InvalidObjectException(kind + " cannot be made: " + e);
    }
  }
}
