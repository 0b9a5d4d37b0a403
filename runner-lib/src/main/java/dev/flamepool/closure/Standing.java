package dev.flamepool.closure;

import dev.flamepool.FlameAllow;
import java.io.File;
import java.lang.invoke.SerializedLambda;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What never changes about a class that is to travel: whether it always may, never, or whom to ask.
 */
final class Standing {
  enum Kind {
    /** A value of the JDK or of a language's library, an exception, or annotated so. */
    ALWAYS,
    NEVER,
    CALLS_ONLY,
    /** Another one of the JDK. */
    JDK,
    /** Of the application, or of what it uses. */
    OTHER
  }

  static final Set<String> JDK_PACKAGES =
      Set.of(
          "java.lang",
          "java.math",
          "java.time",
          "java.time.chrono",
          "java.time.temporal",
          "java.time.zone",
          "java.text",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks",
          "java.util.regex");
  static final Set<String> JDK_CLASSES =
      Set.of(
          File.class.getName(),
          "java.net.URI",
          "java.net.InetAddress",
          "java.net.Inet4Address",
          "java.net.Inet6Address",
          "java.net.InetSocketAddress",
          "java.net.SocketAddress",
          "java.net.UnixDomainSocketAddress",
          "java.net.UnixDomainSocketAddress$Ser",
          "javax.security.auth.x500.X500Principal",
          "java.security.CodeSigner",
          "java.security.KeyPair",
          "java.security.KeyRep",
          "java.security.Timestamp",
          "java.security.cert.CertPath",
          "java.security.cert.CertPath$CertPathRep",
          "java.security.cert.Certificate",
          "java.security.cert.Certificate$CertificateRep",
          "java.security.cert.X509Certificate",
          "javax.crypto.spec.SecretKeySpec",
          "java.sql.Date",
          "java.sql.Time",
          "java.sql.Timestamp",
          "sun.util.calendar.ZoneInfo");

  private static final Set<Class<?>> STAND_INS = Set.of(ByHand.class, LambdaValue.class);

  // Its size is a number that somebody says: an exception that has so many suppressed ones copies
  // them while it is read.
  private static final Class<?> COPIES = Collections.nCopies(2, 1).getClass();

  // Under these labels live many organisations' classes: a third label says whose.
  private static final Set<String> SHARED_ROOTS =
      Set.of(
          "org.apache",
          "com.google",
          "com.github",
          "io.github",
          "com.fasterxml",
          "org.springframework");

  private static final ClassValue<Standing> CACHE =
      new ClassValue<>() {
        @Override
        protected Standing computeValue(Class<?> c) {
          return new Standing(c);
        }
      };

  private final Kind kind;
  private final String name;
  private final String root;
  private final boolean gadget;

  private Standing(Class<?> c) {
    name = c.getName();
    root = root(name);
    gadget = Gadgets.isOne(name);
    kind = kind(c, name);
  }

  static Standing of(Class<?> c) {
    return CACHE.get(c);
  }

  Kind kind() {
    return kind;
  }

  String name() {
    return name;
  }

  /** The class that it is nested in, or itself. */
  String outer() {
    int dollar = name.indexOf('$', 1);
    return dollar < 0 ? name : name.substring(0, dollar);
  }

  /** Whose it is, by the first labels of its package. */
  String root() {
    return root;
  }

  boolean isGadget() {
    return gadget;
  }

  private static Kind kind(Class<?> c, String name) {
    if (c == SerializedLambda.class) {
      return Kind.NEVER; // the JDK would resolve it for any class
    }
    if (c == COPIES) {
      return Kind.CALLS_ONLY;
    }
    if (isJdk(c)) {
      boolean value =
          JDK_CLASSES.contains(name)
              || JDK_PACKAGES.contains(c.getPackageName())
              || (Enum.class.isAssignableFrom(c) && isExported(c))
              || (Throwable.class.isAssignableFrom(c) && isPlainException(c));
      return value ? Kind.ALWAYS : Kind.JDK;
    }
    boolean always =
        STAND_INS.contains(c)
            || Throwable.class.isAssignableFrom(c)
            || Languages.isValue(c)
            || isAnnotated(c);
    return always ? Kind.ALWAYS : Kind.OTHER;
  }

  /**
   * Of that class, or of the elements of its arrays; null where there is nothing to ask: elements
   * of an interface of the JDK are asked themselves.
   */
  static @Nullable Standing ofElements(Class<?> c) {
    Class<?> element = c;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    boolean asksElements = c.isArray() && element.isInterface() && isJdk(element);
    return element.isPrimitive() || asksElements ? null : of(element);
  }

  /** Its name, or that of its elements, if no end takes it unless somebody named it there. */
  static @Nullable String needed(Class<?> c) {
    Standing asked = ofElements(c);
    return asked == null || asked.kind != Kind.JDK ? null : asked.name;
  }

  private static boolean isAnnotated(Class<?> c) {
    try {
      for (Class<?> k = c; k != null; k = k.getEnclosingClass()) {
        if (isMarked(k.getAnnotation(FlameAllow.class))) {
          return true;
        }
      }
      Package pkg = c.getPackage();
      return pkg != null && isMarked(pkg.getAnnotation(FlameAllow.class));
    } catch (LinkageError e) { // a class around it that is not there
      return false;
    }
  }

  private static boolean isMarked(@Nullable FlameAllow allow) {
    return allow != null && allow.value().length == 0;
  }

  private static boolean isExported(Class<?> c) {
    return c.getModule().isExported(c.getPackageName());
  }

  /** Not those of JMX, one of which asks what it holds for its text while it is read. */
  private static boolean isPlainException(Class<?> c) {
    return isExported(c) && !c.getPackageName().startsWith("javax.management");
  }

  static boolean isJdk(Class<?> c) {
    ClassLoader loader = c.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  /** Two labels of the package, three where two are shared by many. */
  static String root(String className) {
    int end = className.lastIndexOf('.');
    String pkg = end < 0 ? "" : className.substring(0, end);
    String two = pkg.substring(0, nth(pkg, 2));
    return SHARED_ROOTS.contains(two) ? pkg.substring(0, nth(pkg, 3)) : two;
  }

  private static int nth(String pkg, int labels) {
    int at = -1;
    for (int i = 0; i < labels; i++) {
      at = pkg.indexOf('.', at + 1);
      if (at < 0) {
        return pkg.length();
      }
    }
    return at;
  }
}
