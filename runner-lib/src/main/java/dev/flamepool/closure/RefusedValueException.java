package dev.flamepool.closure;

import java.io.ObjectStreamException;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/** A value that no reader would take, found out while it was written. */
final class RefusedValueException extends ObjectStreamException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Object value;
  private final transient @Nullable Class<?> type;
  private final String remedy;

  /** This one object. */
  RefusedValueException(Object value, String remedy) {
    super(remedy);
    this.value = value;
    this.type = null;
    this.remedy = remedy;
  }

  /** Every object of that class. */
  RefusedValueException(Class<?> type, String remedy) {
    super(type.getName());
    this.value = null;
    this.type = type;
    this.remedy = remedy;
  }

  /** What to do. */
  String remedy() {
    return remedy;
  }

  /** Whether it is this object. */
  boolean isAbout(Object o) {
    Class<?> refused = type;
    if (refused == null) {
      return o == value || (value instanceof SerializedLambda l && isOf(l, o));
    }
    if (refused == Keys.secret(o)) {
      return true;
    }
    return o instanceof Class<?> c
        ? c == refused
        : refused.isArray() ? refused == o.getClass() : refused.isInstance(o);
  }

  /** A lambda is opened anew each time, so it is known by where it stands. */
  private static boolean isOf(SerializedLambda lambda, Object o) {
    String capturing = lambda.getCapturingClass();
    return o instanceof SerializedLambda other
        ? other.getCapturingClass().equals(capturing)
            && other.getImplMethodName().equals(lambda.getImplMethodName())
        : o.getClass().isSynthetic()
            && o.getClass().getName().startsWith(capturing.replace('/', '.') + "$$");
  }

  /** The class of what is refused. */
  @Nullable Class<?> type() {
    return type != null || value == null ? type : value.getClass();
  }
}
