package dev.flamepool.closure;

import dev.flamepool.wire.Site;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * A lambda inside captured values, in place of {@code SerializedLambda}, which the JDK would
 * resolve for any class, its own included. Reading resolves it like a call site: only lambdas that
 * a class of the application declares.
 */
final class LambdaValue implements Serializable {
  private static final long serialVersionUID = 1;

  private final String[] names;
  private final int kind;
  private final @Nullable Object[] captures;

  LambdaValue(SerializedLambda l) {
    Site s = LambdaSite.describe(l, false);
    names =
        new String[] {
          s.capturingClass(),
          s.functionalInterfaceClass(),
          s.functionalInterfaceMethodName(),
          s.functionalInterfaceMethodSignature(),
          s.implClass(),
          s.implMethodName(),
          s.implMethodSignature(),
          s.instantiatedMethodType()
        };
    kind = s.implMethodKind();
    captures = new Object[s.captures()];
    for (int i = 0; i < captures.length; i++) {
      captures[i] = l.getCapturedArg(i);
    }
  }

  private void writeObject(ObjectOutputStream stream) throws IOException {
    ((JavaOut) stream).whole(this, stream::defaultWriteObject);
  }

  /** What it holds and a reply's lambda must not: it would run while something is compared. */
  @Nullable Object foreign() {
    for (Object o : captures) {
      if (o != null && !Policy.isJdk(o.getClass())) {
        return o;
      }
    }
    return null;
  }

  Object resolve(Policy policy) throws ReflectiveOperationException, RefusedClassException {
    Object foreign = policy.isForReplies() ? foreign() : null;
    if (foreign != null) {
      throw new RefusedClassException("a comparator that calls a " + foreign.getClass().getName());
    }
    if (!policy.acceptsLambdaOf(names[0])) {
      throw new RefusedClassException("a lambda of " + names[0].replace('/', '.'));
    }
    Site site =
        new Site(
            names[0],
            names[1],
            names[2],
            names[3],
            kind,
            names[4],
            names[5],
            names[6],
            names[7],
            captures.length,
            false);
    return SiteTarget.ofValue(site, policy).lambda(captures);
  }
}
