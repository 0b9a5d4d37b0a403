package dev.flamepool.closure;

import dev.flamepool.wire.Site;
import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A method reference with the type that it is used with. {@code $deserializeLambda$}, as compilers
 * write it, does not look at that type: of {@code Object::hashCode} over Integers and over Strings
 * in one class it answers with the first, whose casts fail. Nothing else is linked here than what
 * the class has just made, up to that type.
 */
final class ExactReference {
  private static final ClassValue<ConcurrentHashMap<Site, Invoker>> LINKED =
      new ClassValue<>() {
        @Override
        protected ConcurrentHashMap<Site, Invoker> computeValue(Class<?> capturing) {
          return new ConcurrentHashMap<>(1);
        }
      };

  private ExactReference() {}

  /**
   * What to make the reference with from its captured values, or null if {@code made} is right.
   *
   * @param made what the class answered with
   * @param wanted what it was asked for
   * @param capturing where the reference stands
   * @param type its functional interface
   * @throws ReflectiveOperationException if another is needed and cannot be linked
   */
  static @Nullable Invoker insteadOf(
      Object made, SerializedLambda wanted, Class<?> capturing, Class<?> type)
      throws ReflectiveOperationException {
    // Only parameters are cast to that type.
    if (wanted.getInstantiatedMethodType().startsWith("()")) {
      return null;
    }
    SerializedLambda opened = LambdaSite.of(made.getClass()).open(made);
    if (opened == null) {
      return null;
    }
    Site site = LambdaSite.describe(wanted, false);
    if (parameters(wanted).equals(parameters(opened)) || !differOnlyInType(opened, site)) {
      return null;
    }
    ConcurrentHashMap<Site, Invoker> linked = LINKED.get(capturing);
    Invoker known = linked.get(site);
    if (known != null) {
      return known;
    }
    Invoker invoker = link(site, capturing, type);
    linked.put(site, invoker);
    return invoker;
  }

  private static String parameters(SerializedLambda l) {
    String type = l.getInstantiatedMethodType();
    return type.substring(0, type.indexOf(')'));
  }

  private static boolean differOnlyInType(SerializedLambda opened, Site site) {
    Site other = LambdaSite.describe(opened, false);
    return site.equals(
        new Site(
            other.capturingClass(),
            other.functionalInterfaceClass(),
            other.functionalInterfaceMethodName(),
            other.functionalInterfaceMethodSignature(),
            other.implMethodKind(),
            other.implClass(),
            other.implMethodName(),
            other.implMethodSignature(),
            site.instantiatedMethodType(),
            other.captures(),
            other.applied()));
  }

  private static Invoker link(Site site, Class<?> capturing, Class<?> type)
      throws ReflectiveOperationException {
    try {
      MethodHandles.Lookup lookup = ModuleLookup.of(capturing);
      MethodHandle impl = implementation(site, lookup);
      MethodType method = type(site.functionalInterfaceMethodSignature(), capturing);
      List<Object> arguments = new ArrayList<>();
      arguments.add(method);
      arguments.add(impl);
      arguments.add(type(site.instantiatedMethodType(), capturing));
      List<MethodType> bridges = bridges(type, site.functionalInterfaceMethodName(), method);
      arguments.add(
          LambdaMetafactory.FLAG_SERIALIZABLE
              | (bridges.isEmpty() ? 0 : LambdaMetafactory.FLAG_BRIDGES));
      if (!bridges.isEmpty()) {
        arguments.add(bridges.size());
        arguments.addAll(bridges);
      }
      CallSite linked =
          LambdaMetafactory.altMetafactory(
              lookup,
              site.functionalInterfaceMethodName(),
              impl.type()
                  .dropParameterTypes(site.captures(), impl.type().parameterCount())
                  .changeReturnType(type),
              arguments.toArray());
      return new Invoker(linked.getTarget());
    } catch (ReflectiveOperationException
        | java.lang.invoke.LambdaConversionException
        | RuntimeException e) {
      throw new ReflectiveOperationException(
          site
              + " stands twice in its class with different types, and its deserializer mixes them"
              + " up: write one of them as a lambda"
              + (capturing.getModule().isNamed() ? ", or " + Modules.opening(capturing) : "")
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static MethodHandle implementation(Site site, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    Class<?> capturing = lookup.lookupClass();
    Class<?> owner =
        Class.forName(site.implClass().replace('/', '.'), false, capturing.getClassLoader());
    String name = site.implMethodName();
    MethodType type = type(site.implMethodSignature(), capturing);
    return switch (site.implMethodKind()) {
      case MethodHandleInfo.REF_invokeStatic -> lookup.findStatic(owner, name, type);
      case MethodHandleInfo.REF_newInvokeSpecial -> lookup.findConstructor(owner, type);
      case MethodHandleInfo.REF_invokeSpecial -> lookup.findSpecial(owner, name, type, capturing);
      default -> lookup.findVirtual(owner, name, type);
    };
  }

  private static MethodType type(String descriptor, Class<?> capturing) {
    return MethodType.fromMethodDescriptorString(descriptor, capturing.getClassLoader());
  }

  /** Other erasures of the interface's method, which its compiler has the lambda implement too. */
  private static List<MethodType> bridges(Class<?> type, String name, MethodType method) {
    List<MethodType> all = new ArrayList<>();
    for (Method m : type.getMethods()) {
      MethodType other = MethodType.methodType(m.getReturnType(), m.getParameterTypes());
      if (Modifier.isAbstract(m.getModifiers())
          && m.getName().equals(name)
          && !other.equals(method)
          && !all.contains(other)) {
        all.add(other);
      }
    }
    return all;
  }
}
