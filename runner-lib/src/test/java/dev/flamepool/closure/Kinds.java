package dev.flamepool.closure;

import java.io.Externalizable;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Kinds of classes that applications write, for {@link Graphs}. */
final class Kinds {
  private Kinds() {}

  enum Op {
    PLUS {
      @Override
      int of(int a, int b) {
        return a + b;
      }
    },
    MINUS {
      @Override
      int of(int a, int b) {
        return a - b;
      }
    };

    abstract int of(int a, int b);
  }

  sealed interface Shape permits Dot, Line {}

  record Dot(int x, Op op) implements Shape {}

  record Line(Shape from, @Nullable Object to) implements Shape, Serializable {}

  @SuppressWarnings("ArrayRecordComponent") // applications have them
  record Typed<T extends Comparable<T>, L extends List<?>>(
      T key, L list, Shape shape, int[][] numbers, Optional<?> maybe, Map<Op, ?> byOp) {}

  /** Goes as something else, and becomes itself again. */
  static final class Swapped implements Serializable {
    private static final long serialVersionUID = 1;
    final String text;

    Swapped(String text) {
      this.text = text;
    }

    private Object writeReplace() {
      return new Swap(text.toCharArray());
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Swapped s && s.text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }

  private static final class Swap implements Serializable {
    private static final long serialVersionUID = 1;
    private final char[] text;

    Swap(char[] text) {
      this.text = text;
    }

    private Object readResolve() {
      return new Swapped(new String(text));
    }
  }

  public static final class External implements Externalizable {
    private static final long serialVersionUID = 1;
    transient @Nullable Object held;

    public External() {}

    External(@Nullable Object held) {
      this.held = held;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws java.io.IOException {
      out.writeObject(held);
    }

    @Override
    public void readExternal(ObjectInput in) throws java.io.IOException, ClassNotFoundException {
      held = in.readObject();
    }
  }

  static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    final @Nullable Object held;

    Failure(String message, @Nullable Throwable cause, @Nullable Object held) {
      super(message, cause);
      this.held = held;
      setStackTrace(new StackTraceElement[] {new StackTraceElement("A", "b", "C.java", 1)});
    }

    /** With one more that came beside it. */
    Failure beside(@Nullable Throwable other) {
      if (other != null) {
        addSuppressed(other);
      }
      return this;
    }

    boolean isLike(Failure other) {
      return Objects.equals(getMessage(), other.getMessage())
          && List.of(getStackTrace()).equals(List.of(other.getStackTrace()));
    }
  }
}
