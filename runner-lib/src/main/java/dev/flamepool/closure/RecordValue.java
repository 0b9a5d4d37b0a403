package dev.flamepool.closure;

import java.io.InvalidClassException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A record that is not Serializable, inside a Java stream: by its components. */
final class RecordValue implements Serializable {
  private static final long serialVersionUID = 1;

  private final Class<?> type;

  @SuppressWarnings("serial") // each goes as whatever it is
  private final @Nullable Object[] components;

  RecordValue(Record r, RecordShape shape) throws ObjectStreamException {
    type = r.getClass();
    components = new Object[shape.size];
    for (int i = 0; i < components.length; i++) {
      components[i] = shape.get(r, i);
    }
  }

  Object resolve() throws ObjectStreamException {
    RecordShape shape = type.isRecord() ? RecordShape.cached(type) : null;
    if (shape == null || shape.size != components.length) {
      throw new InvalidClassException(type.getName(), "is no record of such components here");
    }
    return shape.make(type.getName(), components);
  }
}
