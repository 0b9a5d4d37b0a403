package dev.flamepool.closure;

import dev.flamepool.wire.Site;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runner's view of a call site. A lambda is made through its capturing class's own {@code
 * $deserializeLambda$} on every call (24 ns): that accepts only lambdas the class declares, where a
 * lookup by name would let a peer call any private method. Only the type that a reference is used
 * with is not compared there; {@link ExactReference} does.
 */
final class SiteTarget {
  private final Site site;
  private final @Nullable Class<?> capturing;
  private final @Nullable Invoker deserialize;
  private final Class<?> type;
  private final Method declared;
  private final boolean takesContext;
  private volatile boolean compared;
  private volatile @Nullable Invoker exact;
  private Policy results = Policy.RESULTS;
  private @Nullable Invoker method;

  private SiteTarget(
      Site site,
      @Nullable Class<?> capturing,
      @Nullable Invoker deserialize,
      Class<?> type,
      Method declared) {
    this.site = site;
    this.capturing = capturing;
    this.deserialize = deserialize;
    this.type = type;
    this.declared = declared;
    takesContext = declared.getParameterCount() == 1;
  }

  static SiteTarget resolve(Site site, Policy policy, Allowed caller)
      throws ReflectiveOperationException, RefusedClassException {
    SiteTarget target = ofValue(site, policy);
    if (target.capturing != null && Policy.isJdk(target.capturing)) {
      throw new RefusedClassException(
          "a lambda of " + target.capturing.getName() + ": only the application's may be sent");
    }
    target.results = results(site, policy, caller);
    target.method = callable(target.type, target.declared);
    return target;
  }

  /** The class of the call says what may travel, also here. */
  private static Policy results(Site site, Policy policy, Allowed caller)
      throws ReflectiveOperationException {
    String stands = site.stands();
    Allowed own = Allowed.by(Class.forName(stands, false, policy.application()));
    Allowed.add(own.names());
    return Policy.results(stands, caller, own);
  }

  /** Where a closed module has the interface, the one of ours that it extends is called. */
  private static Invoker callable(Class<?> type, Method declared) throws IllegalAccessException {
    for (Class<?> each : interfaces(type, new LinkedHashSet<>())) {
      for (Method m : each.getDeclaredMethods()) {
        if (m.getName().equals(declared.getName())
            && m.getParameterCount() == declared.getParameterCount()
            && Modifier.isAbstract(m.getModifiers())
            && m.trySetAccessible()) {
          return new Invoker(m);
        }
      }
    }
    throw new IllegalAccessException(
        "its module is closed on this runner: " + Modules.opening(type));
  }

  private static Set<Class<?>> interfaces(Class<?> type, Set<Class<?>> all) {
    all.add(type);
    for (Class<?> each : type.getInterfaces()) {
      interfaces(each, all);
    }
    return all;
  }

  /** What its caller takes as the result of such a call. */
  Policy results() {
    return results;
  }

  /** The same for a lambda that is a value, which may be one of the JDK's that compare. */
  static SiteTarget ofValue(Site site, Policy policy)
      throws ReflectiveOperationException, RefusedClassException {
    ClassLoader loader = policy.application();
    Class<?> type = Class.forName(site.functionalInterfaceClass().replace('/', '.'), false, loader);
    Method method =
        type.getMethod(
            site.functionalInterfaceMethodName(),
            MethodType.fromMethodDescriptorString(site.functionalInterfaceMethodSignature(), loader)
                .parameterArray());
    if (!type.isInterface()) {
      throw new RefusedClassException(type.getName() + " is no interface");
    }
    if (!site.isLambda()) {
      return new SiteTarget(site, null, null, type, method);
    }
    Class<?> capturing = Class.forName(site.capturingClass().replace('/', '.'), false, loader);
    if (Policy.isJdk(capturing) && !policy.acceptsLambdaOf(site.capturingClass())) {
      throw new RefusedClassException(
          "a lambda of " + capturing.getName() + ": only the application's may be sent");
    }
    return new SiteTarget(site, capturing, deserialize(capturing), type, method);
  }

  private static Invoker deserialize(Class<?> capturing) throws ReflectiveOperationException {
    Method m = capturing.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
    try {
      return new Invoker(m);
    } catch (RuntimeException closedModule) {
      try {
        // SerializedLambda's own readResolve calls the same method with the JDK's rights.
        return Objects.requireNonNull(JdkSerialization.readResolve(SerializedLambda.class));
      } catch (ReflectiveOperationException e) {
        throw new IllegalAccessException(
            "its module is closed on this runner: " + Modules.openingOrUnsupported(capturing));
      }
    }
  }

  Site site() {
    return site;
  }

  /** The lambda with these captured values. */
  Object lambda(@Nullable Object[] captures) throws ReflectiveOperationException {
    Invoker d = deserialize;
    if (d == null || captures.length != site.captures()) {
      throw new IllegalArgumentException("not a lambda's captured values");
    }
    Invoker known = exact;
    if (known != null) {
      return make(known, captures);
    }
    SerializedLambda l =
        new SerializedLambda(
            capturing,
            site.functionalInterfaceClass(),
            site.functionalInterfaceMethodName(),
            site.functionalInterfaceMethodSignature(),
            site.implMethodKind(),
            site.implClass(),
            site.implMethodName(),
            site.implMethodSignature(),
            site.instantiatedMethodType(),
            captures);
    Object made = make(d, l);
    if (!compared) {
      Invoker other = ExactReference.insteadOf(made, l, capturing, type);
      exact = other;
      compared = true;
      return other == null ? made : make(other, captures);
    }
    return made;
  }

  private Object make(Invoker maker, @Nullable Object... arguments)
      throws ReflectiveOperationException {
    Object made;
    try {
      made = maker.call(arguments);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw new ReflectiveOperationException(
          site + " is not a lambda that this class declares here: " + e, e);
    }
    if (made == null) {
      throw new ReflectiveOperationException(site + " resolved to nothing");
    }
    return made;
  }

  boolean isLambda() {
    return deserialize != null;
  }

  boolean accepts(@Nullable Object function) {
    return type.isInstance(function);
  }

  @Nullable Object invoke(Object function, @Nullable Object context) throws Throwable {
    Invoker known = Objects.requireNonNull(method);
    return takesContext ? known.call(function, context) : known.call(function);
  }
}
