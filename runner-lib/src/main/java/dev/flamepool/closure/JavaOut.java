package dev.flamepool.closure;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.invoke.SerializedLambda;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Java serialization as {@link JavaIn} reads it: gives what goes by hand back to the writer that it
 * is part of, and refuses what no reader takes.
 */
final class JavaOut extends ObjectOutputStream {
  private final Policy policy;
  private final ValueWriter writer;
  private final Bytes bytes;

  /** What must not mention itself, and which part of the stream is of it. */
  private record Whole(Object standIn, int from, int to) {}

  private final Map<Integer, Whole> wholes = new HashMap<>(0);

  private @Nullable IOException failed;

  /** Objects that may be written before the depth has to be measured: each adds one at most. */
  private int unmeasured = Policy.MAX_DEPTH;

  JavaOut(Bytes bytes, Policy policy, ValueWriter writer) throws IOException {
    super(bytes);
    this.bytes = bytes;
    this.policy = policy;
    this.writer = writer;
    enableReplaceObject(true);
  }

  interface Writing {
    void write() throws IOException;
  }

  /** Writes what goes by hand, where it stands. */
  void hand(ByHand byHand) throws IOException {
    whole(byHand, () -> writer.value(byHand.value()));
  }

  /**
   * Writes what stands for an object and becomes it once it is read whole. A mention of it inside
   * is refused, as there is nothing yet to be mentioned. The parent does not ask about mentions, so
   * they are looked for in what it wrote, once at the end.
   */
  void whole(Object standIn, Writing writing) throws IOException {
    try {
      flush();
      int from = bytes.size();
      writing.write();
      flush();
      int to = bytes.size();
      if (to > from) {
        wholes.put(numberOf(standIn), new Whole(standIn, from, to));
      }
    } catch (IOException e) {
      failed = e;
      throw e;
    }
  }

  private int numberOf(Object standIn) throws IOException {
    int end = bytes.size();
    writeObject(standIn); // by its number, which nothing else tells
    flush();
    if (bytes.size() != end + 5) {
      throw new IllegalStateException(standIn + " is not being written");
    }
    return bytes.takeBackReference();
  }

  /**
   * Ends the stream.
   *
   * @throws IOException if something failed on the way, even if a class's own writing hid it
   */
  void finish() throws IOException {
    if (failed != null) {
      throw failed;
    }
    close();
    if (!wholes.isEmpty()) {
      bytes.references(this::check);
    }
  }

  private void check(int number, int at) throws RefusedValueException {
    Whole whole = wholes.get(number);
    if (whole != null && whole.from <= at && at < whole.to) {
      Object o = whole.standIn;
      throw new RefusedValueException(
          o instanceof ByHand b && b.value() != null ? b.value() : o, Remedy.CYCLE);
    }
  }

  @Override
  protected void annotateClass(Class<?> c) throws IOException {
    if (!policy.isOnlyNamed(c)) {
      writer.admit(c);
    }
  }

  @Override
  protected void annotateProxyClass(Class<?> c) throws IOException {
    throw new RefusedValueException(c, Remedy.ofProxy(c, policy.isForReplies()));
  }

  @Override
  protected @Nullable Object replaceObject(@Nullable Object o) throws IOException {
    if (o == null) {
      return null;
    }
    if (--unmeasured < 0) {
      measure(o);
    }
    Class<?> secret = Keys.secret(o);
    if (secret != null) {
      writer.reveal(secret);
    }
    if (o instanceof SerializedLambda l) {
      return lambda(l);
    }
    if (o.getClass() == NullPointerException.class) {
      return withWords((NullPointerException) o);
    }
    if (Immutables.isStandIn(o)) {
      Object collection = Immutables.of(o);
      return collection == null ? o : new ByHand(collection);
    }
    return writer.inJava(o);
  }

  /** The JVM words such an exception when it is asked, and only where it was thrown. */
  private static NullPointerException withWords(NullPointerException e) {
    NullPointerException worded = new NullPointerException(e.getMessage());
    worded.setStackTrace(e.getStackTrace());
    if (e.getCause() != null) {
      worded.initCause(e.getCause());
    }
    for (Throwable each : e.getSuppressed()) {
      worded.addSuppressed(each);
    }
    return worded;
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
    LambdaValue value = new LambdaValue(l);
    Object foreign = policy.isForReplies() ? value.foreign() : null;
    if (foreign != null) {
      throw new RefusedValueException(foreign, "a comparator that calls it cannot be sent back");
    }
    return value;
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
