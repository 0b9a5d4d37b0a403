package dev.flamepool.closure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamException;
import java.io.StreamCorruptedException;
import org.jspecify.annotations.Nullable;

/** Java serialization with the application's class loader and our policy. */
final class JavaIn extends ObjectInputStream {
  private final Policy policy;
  private final @Nullable TrackedIn tracked;

  private JavaIn(byte[] bytes, Policy policy, @Nullable TrackedIn tracked, Policy.Filter filter)
      throws IOException {
    super(new ByteArrayInputStream(bytes));
    this.policy = policy;
    this.tracked = tracked;
    setObjectInputFilter(filter);
    enableResolveObject(true);
  }

  /**
   * Reads the one object of such a stream.
   *
   * @param tracked makes what stands for a tracked resource; null where none is accepted
   * @throws ObjectStreamException for whatever is wrong with the bytes
   */
  static @Nullable Object read(byte[] bytes, Policy policy, @Nullable TrackedIn tracked)
      throws IOException, ReflectiveOperationException {
    Policy.Filter filter = policy.filter(bytes.length);
    try (JavaIn stream = new JavaIn(bytes, policy, tracked, filter)) {
      return stream.readObject();
    } catch (ObjectStreamException e) {
      String why = filter.why();
      throw why == null || e instanceof RefusedClassException ? e : refused(why, e);
    } catch (StackOverflowError e) {
      throw refused(Remedy.DEPTH, e);
    } catch (
        IOException e) { // of this stream or of a class's own readObject, not of the connection
      throw refused(String.valueOf(e), e);
    }
  }

  private static ObjectStreamException refused(String why, Throwable cause) {
    return (ObjectStreamException) new StreamCorruptedException(why).initCause(cause);
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass d) throws IOException, ClassNotFoundException {
    try {
      return policy.load(d.getName());
    } catch (ClassNotFoundException e) {
      return super.resolveClass(d); // primitives
    }
  }

  @Override
  protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
    throw new RefusedClassException("a dynamic proxy of " + String.join(", ", interfaces));
  }

  @Override
  protected @Nullable Object resolveObject(@Nullable Object o) throws IOException {
    if (o instanceof RecordValue r) {
      return r.resolve();
    }
    if (o instanceof Substitute s) {
      return s.resolve(policy.application());
    }
    if (o instanceof TrackedRef ref) {
      return ValueReader.tracked(tracked, ref.index());
    }
    if (!(o instanceof LambdaValue lambda)) {
      return o;
    }
    try {
      return lambda.resolve(policy);
    } catch (ReflectiveOperationException e) {
      InvalidClassException refused = new InvalidClassException(e.getMessage());
      refused.initCause(e);
      throw refused;
    }
  }
}
