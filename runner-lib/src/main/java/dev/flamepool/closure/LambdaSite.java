package dev.flamepool.closure;

import dev.flamepool.wire.Site;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The caller's view of a call site: how to open functions of one class, and the site they share.
 */
final class LambdaSite {
  private record Use(Class<?> functionalInterface, boolean applied) {}

  private static final ClassValue<LambdaSite> CACHE =
      new ClassValue<>() {
        @Override
        protected LambdaSite computeValue(Class<?> c) {
          try {
            return new LambdaSite(writeReplace(c), false, c.getClassLoader());
          } catch (ReflectiveOperationException e) {
            return new LambdaSite(null, true, c.getClassLoader());
          }
        }
      };
  private static final ClassValue<ConcurrentHashMap<Use, Site>> OBJECTS =
      new ClassValue<>() {
        @Override
        protected ConcurrentHashMap<Use, Site> computeValue(Class<?> functionClass) {
          return new ConcurrentHashMap<>(1);
        }
      };

  private final @Nullable Invoker writeReplace;
  private final boolean closed;
  private final @Nullable ClassLoader loader;
  private volatile @Nullable Site site;
  private volatile @Nullable Site applied;

  private LambdaSite(@Nullable Invoker writeReplace, boolean closed, @Nullable ClassLoader loader) {
    this.writeReplace = writeReplace;
    this.closed = closed;
    this.loader = loader;
  }

  static LambdaSite of(Class<?> functionClass) {
    return CACHE.get(functionClass);
  }

  /**
   * Only classes that the JVM spins have the method that makes a SerializedLambda; others are plain
   * objects.
   */
  private static @Nullable Invoker writeReplace(Class<?> c) throws ReflectiveOperationException {
    if (!c.isSynthetic() || !Serializable.class.isAssignableFrom(c)) {
      return null;
    }
    try {
      return new Invoker(c.getDeclaredMethod("writeReplace"));
    } catch (NoSuchMethodException e) {
      return null;
    } catch (RuntimeException e) {
      return JdkSerialization.writeReplace(c); // a closed module
    }
  }

  private static CaptureException closed(Class<?> c) {
    String name = c.getName();
    int made = name.indexOf("$$Lambda");
    String remedy = Modules.openingOrUnsupported(c);
    return new CaptureException(
        made < 0 ? name : name.substring(0, made),
        -1,
        "",
        "lambda",
        remedy,
        new IllegalAccessException(remedy));
  }

  /**
   * The function taken apart, or null if it is no lambda.
   *
   * @throws CaptureException if its module keeps us out
   */
  @Nullable SerializedLambda open(Object function) {
    if (closed) {
      throw closed(function.getClass());
    }
    if (writeReplace == null) {
      return null;
    }
    try {
      return writeReplace.call(function) instanceof SerializedLambda l ? l : null;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function.getClass() + " cannot be opened", e);
    }
  }

  /**
   * One object per site, so that connections can tell it by identity.
   *
   * @param isApplied its calls carry the function's argument
   */
  Site site(SerializedLambda l, boolean isApplied) {
    Site s = isApplied ? applied : site;
    return s != null ? s : describeOnce(l, isApplied);
  }

  /** What the class in which the call stands allows. */
  Allowed allowedBy(String stands) {
    try {
      return Allowed.by(Class.forName(stands, false, loader));
    } catch (ClassNotFoundException | LinkageError e) { // made at run time, so nobody annotated it
      return Allowed.NOTHING;
    }
  }

  private synchronized Site describeOnce(SerializedLambda l, boolean isApplied) {
    Site s = isApplied ? applied : site;
    if (s != null) {
      return s;
    }
    s = describe(l, isApplied);
    Policy.own(s.stands());
    Allowed.add(allowedBy(s.stands()).names());
    if (isApplied) {
      applied = s;
    } else {
      site = s;
    }
    return s;
  }

  static Site describe(SerializedLambda l, boolean applied) {
    return new Site(
        l.getCapturingClass(),
        l.getFunctionalInterfaceClass(),
        l.getFunctionalInterfaceMethodName(),
        l.getFunctionalInterfaceMethodSignature(),
        l.getImplMethodKind(),
        l.getImplClass(),
        l.getImplMethodName(),
        l.getImplMethodSignature(),
        l.getInstantiatedMethodType(),
        l.getCapturedArgCount(),
        applied);
  }

  /** The site of a function that is no lambda: an anonymous class, a record, any object. */
  static Site object(Class<?> functionClass, Class<?> functionalInterface, boolean applied) {
    return OBJECTS
        .get(functionClass)
        .computeIfAbsent(
            new Use(functionalInterface, applied),
            use -> {
              Class<?> type = use.functionalInterface();
              Method m = theMethod(type);
              Policy.own(functionClass.getName());
              Allowed.add(Allowed.by(functionClass).names());
              return new Site(
                  "",
                  type.getName().replace('.', '/'),
                  m.getName(),
                  java.lang.invoke.MethodType.methodType(m.getReturnType(), m.getParameterTypes())
                      .toMethodDescriptorString(),
                  0,
                  functionClass.getName().replace('.', '/'),
                  "",
                  "",
                  "",
                  1,
                  use.applied());
            });
  }

  private static Method theMethod(Class<?> functionalInterface) {
    Method found = null;
    for (Method m : functionalInterface.getMethods()) {
      if (Modifier.isAbstract(m.getModifiers())) {
        if (found != null) {
          throw new IllegalArgumentException(
              functionalInterface.getName() + " has more than one abstract method");
        }
        found = m;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException(functionalInterface.getName() + " has no abstract method");
    }
    return found;
  }
}
