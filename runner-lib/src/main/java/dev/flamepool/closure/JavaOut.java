package dev.flamepool.closure;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Java serialization as {@link JavaIn} reads it: replaces what has no form of its own there, and
 * refuses what no reader takes.
 */
final class JavaOut extends ObjectOutputStream {
  private static final Class<?> COPIES = Collections.nCopies(2, 1).getClass();

  /** More would fill this process's memory; as they are, the reader of a reply refuses them. */
  private static final int MAX_COPIES = 1 << 20;

  private final Policy policy;
  private final @Nullable List<TrackedHere<?>> tracked;

  private final Set<String> needs = new TreeSet<>();

  private final Cycles cycles = new Cycles();

  /** Objects that may be written before the depth has to be measured: each adds one at most. */
  private int unmeasured = Policy.MAX_DEPTH;

  /**
   * @param tracked takes the resources that the values track; null where none may be
   */
  JavaOut(OutputStream out, Policy policy, @Nullable List<TrackedHere<?>> tracked)
      throws IOException {
    super(out);
    this.policy = policy;
    this.tracked = tracked;
    enableReplaceObject(true);
  }

  @Override
  protected void annotateClass(Class<?> c) throws IOException {
    if (!policy.accepts(c)) {
      throw new RefusedValueException(c, Remedy.refused(c, ""));
    }
    String needed = Standing.needed(c);
    if (needed != null) {
      needs.add(needed);
    }
  }

  /** Classes that the reader must allow as well. */
  Set<String> needs() {
    return needs;
  }

  @Override
  protected void annotateProxyClass(Class<?> c) throws IOException {
    throw new RefusedValueException(
        c, "a dynamic proxy has no class there: take what you need out of it");
  }

  @Override
  protected @Nullable Object replaceObject(@Nullable Object o) throws IOException {
    if (o == null) {
      return null;
    }
    if (--unmeasured < 0) {
      measure(o);
    }
    if (tracked != null && o instanceof TrackedHere<?> resource) {
      return new TrackedRef(ValueWriter.track(resource, tracked));
    }
    if (o instanceof SerializedLambda l) {
      return lambda(l);
    }
    if (o instanceof Serializable) {
      return o.getClass() == COPIES ? whole((List<?>) o) : o;
    }
    return replaced(o);
  }

  /** What is not Serializable, as far as there is something for it. */
  private Object replaced(Object o) throws IOException {
    if (o instanceof Record r) {
      RecordShape shape = RecordShape.cached(r.getClass());
      if (shape == null) {
        return o;
      }
      if (cycles.holdsItself(r)) {
        throw new RefusedValueException(r, Remedy.CYCLE);
      }
      return new RecordValue(r, shape);
    }
    Object instead = Policy.isStandard(o.getClass()) ? Views.copy(o) : null;
    instead = instead == null ? Substitute.of(o) : instead;
    return instead == null ? o : instead;
  }

  private Object lambda(SerializedLambda l) throws IOException {
    if (!policy.acceptsLambdaOf(l.getCapturingClass())) {
      throw new RefusedValueException(
          l,
          "a lambda of "
              + l.getCapturingClass().replace('/', '.')
              + " cannot be sent "
              + (policy.isForReplies()
                  ? "back: return a value"
                  : "there: write it in the application"));
    }
    return new LambdaValue(l);
  }

  /** What {@code Collections.nCopies} gives is of any size for a few bytes. */
  private static Object whole(List<?> copies) {
    return copies.size() > MAX_COPIES
        ? copies
        : Collections.unmodifiableList(new ArrayList<>(copies));
  }

  private void measure(Object o) throws IOException {
    long depth =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .filter(f -> f.getMethodName().equals("writeObject0"))
                        .filter(f -> f.getClassName().equals("java.io.ObjectOutputStream"))
                        .count());
    if (depth > Policy.MAX_DEPTH) {
      throw new RefusedValueException(o, Remedy.DEPTH);
    }
    unmeasured = (int) (Policy.MAX_DEPTH - depth);
  }
}
