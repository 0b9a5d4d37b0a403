package dev.flamepool.closure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamException;
import java.security.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Java serialization with the application's class loader and our policy. What goes by hand comes
 * from the reader that it is part of.
 */
final class JavaIn extends ObjectInputStream {
  /** One that asks another twice, which asks a third one twice, compares for ever. */
  private static final int MAX_COMPARATORS = 24;

  private final Policy policy;
  private final Policy.Filter filter;
  private final ValueReader reader;

  /** Whether the next one to be checked is what the reader admitted already. */
  private boolean isByHand;

  /** Once something hashes: what that may cost. Until then, what it may have to hash. */
  private @Nullable HashWork hashes;

  private final List<Object> met = new ArrayList<>(0);
  private int comparators;

  /** What ended the connection, or is wrong with what is by hand, even if a class hid it. */
  private @Nullable IOException failed;

  private JavaIn(byte[] bytes, Policy policy, ValueReader reader) throws IOException {
    super(new ByteArrayInputStream(bytes));
    this.policy = policy;
    this.reader = reader;
    filter = policy.filter(bytes.length);
    setObjectInputFilter(this::check);
    enableResolveObject(true);
  }

  /** Reads such a stream for that reader. */
  static JavaIn of(byte[] bytes, Policy policy, ValueReader reader) throws ObjectStreamException {
    try {
      return new JavaIn(bytes, policy, reader);
    } catch (IOException e) {
      throw ValueReader.refused("no Java stream: " + e, e);
    }
  }

  /**
   * The next object.
   *
   * @throws ObjectStreamException for whatever is wrong with the bytes
   */
  @Nullable Object next() throws IOException, ReflectiveOperationException {
    Object o;
    try {
      o = readObject();
    } catch (IOException e) {
      throw failed == null ? refused(e) : failed;
    }
    if (failed != null) {
      throw failed;
    }
    return o;
  }

  private ObjectStreamException refused(IOException e) {
    String why = filter.why();
    if (e instanceof ObjectStreamException known) {
      return why == null || e instanceof RefusedClassException
          ? known
          : ValueReader.refused(why, e);
    }
    // of this stream or of a class's own readObject, not of the connection
    return ValueReader.refused(String.valueOf(e), e);
  }

  private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
    if (isByHand) {
      isByHand = false;
      return ObjectInputFilter.Status.ALLOWED;
    }
    try {
      reader.goesOn();
      Class<?> c = info.serialClass();
      if (c != null && info.arrayLength() > 0 && c.isArray()) {
        reader.take(Heap.ofArray(c, info.arrayLength()));
      }
      if (c != null && c == Pattern.class && policy.isForReplies()) {
        throw new RefusedClassException("a pattern that is not by hand");
      }
      if (c != null && hashes == null && hashes(c)) {
        hashes = reader.hashWork();
        hashes.hash(met);
      }
    } catch (IOException e) {
      failed = failed == null ? e : failed;
      return ObjectInputFilter.Status.REJECTED;
    }
    return filter.checkInput(info);
  }

  /** Whether objects of that class hash what they hold while they are read. */
  private static boolean hashes(Class<?> c) {
    return HashMap.class.isAssignableFrom(c)
        || HashSet.class.isAssignableFrom(c)
        || Hashtable.class.isAssignableFrom(c)
        || ConcurrentHashMap.class.isAssignableFrom(c)
        || c.getName().equals("java.util.CollSer")
        || c.getName().startsWith("kotlin.collections.");
  }

  /** Reads what goes by hand, where it stands. */
  @Nullable Object hand() throws IOException {
    try {
      return reader.value();
    } catch (IOException e) {
      failed = failed == null ? e : failed;
      throw e;
    } catch (ReflectiveOperationException e) {
      throw ValueReader.refused(String.valueOf(e), e);
    }
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass d) throws IOException, ClassNotFoundException {
    try {
      return policy.load(d.getName(), true);
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
    if (o != null) {
      take(o);
    }
    if (o instanceof Key) {
      Class<?> secret = Keys.secret(o);
      if (secret != null && !policy.allows(secret)) {
        throw new RefusedClassException(
            "a " + secret.getName() + " cannot be sent: " + policy.reasonOfSecret(secret));
      }
    }
    if (o instanceof ByHand byHand) {
      isByHand = byHand.value() != null;
      return met(byHand.value());
    }
    return o instanceof LambdaValue lambda ? lambda(lambda) : met(o);
  }

  private void take(Object o) throws IOException {
    try {
      reader.take(Heap.inJava(o));
    } catch (IOException e) {
      failed = failed == null ? e : failed;
      throw e;
    }
  }

  private @Nullable Object met(@Nullable Object o) throws IOException {
    if (o != null && HashWork.hashesOthers(o)) {
      if (hashes == null) {
        met.add(o);
      } else {
        hashes.hash(List.of(o));
      }
    }
    return o;
  }

  private Object lambda(LambdaValue lambda) throws IOException {
    if (policy.isForReplies() && ++comparators > MAX_COMPARATORS) {
      throw new RefusedClassException("more than " + MAX_COMPARATORS + " comparators");
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
