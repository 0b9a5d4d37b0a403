package dev.flamepool.closure;

import java.io.ObjectInputFilter;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which classes may arrive. Both directions allow JDK values and collections, exceptions and their
 * parts. Calls allow what the application's loader defines, as whoever may call may run code
 * anyway; replies only the application's own packages, because a runner that was taken over must
 * not own the application.
 */
final class Policy {
  /** Objects in objects. A thread's stack of half a megabyte holds these many. */
  static final int MAX_DEPTH = 500;

  // What a value at that depth refers to lies one deeper.
  private static final int READ_DEPTH = MAX_DEPTH + 4;
  // Collections ask for their capacity, which may exceed what they hold.
  private static final int SMALL_ARRAY = 1_024;
  private static final int CAPACITY = 4;
  private static final long MAX_REFERENCES = 20_000_000;

  private static final Set<String> JDK_PACKAGES =
      Set.of(
          "java.lang",
          "java.math",
          "java.time",
          "java.time.chrono",
          "java.time.temporal",
          "java.text",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks",
          "java.util.regex");
  private static final Set<String> JDK_CLASSES =
      Set.of(
          "java.io.File",
          "java.net.URI",
          "java.net.InetAddress",
          "java.net.Inet4Address",
          "java.net.Inet6Address",
          "java.net.InetSocketAddress",
          "java.sql.Date",
          "java.sql.Time",
          "java.sql.Timestamp",
          "sun.util.calendar.ZoneInfo");

  // Of Kotlin's own library what is a value or a collection of such.
  private static final Set<String> KOTLIN_PACKAGES =
      Set.of("kotlin.collections", "kotlin.collections.builders", "kotlin.text", "kotlin.time");
  private static final Set<String> KOTLIN_CLASSES =
      Set.of("kotlin.Pair", "kotlin.Triple", "kotlin.Unit");

  /** Interfaces of the JDK whose lambdas only compare. */
  private static final Set<String> COMPARATORS =
      Set.of("java/util/Comparator", "java/util/Map$Entry");

  private static final Set<Class<?>> STAND_INS =
      Set.of(RecordValue.class, Substitute.class, Substitute.Kind.class, LambdaValue.class);
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

  /** Packages, by their first labels, in which call sites of this process stand. */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  /** Further packages, each with a dot at its end, whose classes replies may hold. */
  private static final Set<String> ALLOWED = ConcurrentHashMap.newKeySet();

  private final ClassLoader application;
  private final boolean replies;
  private final ClassValue<Boolean> verdicts =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> c) {
          return decide(c);
        }
      };

  /** What a caller may send, before it is known who reads it. */
  static final Policy CALLS = new Policy(Policy.class.getClassLoader(), false, true);

  /** What a runner may send back: which packages are the application's, the caller knows. */
  static final Policy RESULTS = new Policy(Policy.class.getClassLoader(), true, true);

  private final boolean sends;

  private Policy(ClassLoader application, boolean replies, boolean sends) {
    this.sends = sends;
    this.application = application;
    this.replies = replies;
  }

  static Policy calls(ClassLoader application) {
    return new Policy(application, false, false);
  }

  static Policy replies(ClassLoader application) {
    return new Policy(application, true, false);
  }

  ClassLoader application() {
    return application;
  }

  boolean isForReplies() {
    return replies;
  }

  /** The application is where its calls stand. */
  static void own(String className) {
    OWN.add(root(className));
  }

  static void allowReplies(String pkg) {
    ALLOWED.add(pkg.endsWith(".") ? pkg : pkg + ".");
  }

  /** Two labels of the package, three where two are shared by many. */
  static String root(String className) {
    int end = className.lastIndexOf('.');
    String pkg = end < 0 ? "" : className.substring(0, end);
    int second = nth(pkg, 2);
    String two = pkg.substring(0, second);
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

  /** Loads a class by name without initialising it, and refuses what must not arrive. */
  Class<?> load(String name) throws ClassNotFoundException, RefusedClassException {
    Class<?> c = Class.forName(name, false, application);
    if (!accepts(c)) {
      throw new RefusedClassException(reason(c));
    }
    return c;
  }

  boolean accepts(Class<?> c) {
    Class<?> element = c;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    boolean ofNothing = c.isArray() && element.isInterface() && isJdk(element);
    if (element.isPrimitive() || ofNothing || verdicts.get(element)) {
      return true;
    }
    verdicts.remove(element); // a package may become the application's later
    return false;
  }

  private boolean decide(Class<?> c) {
    String name = c.getName();
    if (c == COPIES) {
      return !replies;
    }
    if (isJdk(c)) {
      return JDK_CLASSES.contains(name)
          || JDK_PACKAGES.contains(c.getPackageName())
          || (Throwable.class.isAssignableFrom(c) && isPlainException(c));
    }
    if (STAND_INS.contains(c)) {
      return true;
    }
    if (c == TrackedRef.class) {
      return replies;
    }
    if (sends || !replies || Throwable.class.isAssignableFrom(c)) {
      return true;
    }
    return isOwn(name) || isOfKotlin(c);
  }

  static boolean isOwn(String className) {
    return OWN.contains(root(className)) || ALLOWED.stream().anyMatch(className::startsWith);
  }

  private static boolean isOfKotlin(Class<?> c) {
    return KOTLIN_CLASSES.contains(c.getName()) || KOTLIN_PACKAGES.contains(c.getPackageName());
  }

  /** Of the JDK or of a language's own library: nobody can make it Serializable. */
  static boolean isStandard(Class<?> c) {
    return isJdk(c) || c.getName().startsWith("kotlin.") || c.getName().startsWith("scala.");
  }

  /** Calls take the application's lambdas along, and both ends what compares. */
  boolean acceptsLambdaOf(String capturingClass) {
    return COMPARATORS.contains(capturingClass)
        || (!replies && !capturingClass.startsWith("java/"));
  }

  /** Not those of JMX, one of which asks what it holds for its text while it is read. */
  private static boolean isPlainException(Class<?> c) {
    return c.getModule().isExported(c.getPackageName())
        && !c.getPackageName().startsWith("javax.management");
  }

  static boolean isJdk(Class<?> c) {
    ClassLoader loader = c.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  String reason(Class<?> c) {
    if (isJdk(c)) {
      return "a " + c.getName() + " cannot be sent: " + Remedy.of(c, "");
    }
    return c.getName()
        + " is not in a package of this application ("
        + String.join(", ", OWN)
        + "); return a JDK type or a class of the application, or allow its package:"
        + " Flame.builder().allowReplies(\"...\")";
  }

  /**
   * The filter of one stream of {@code bytes}: no array in it can have more elements than the
   * stream has bytes, and all together only a few times as many, however they are nested.
   */
  Filter filter(int bytes) {
    return new Filter(bytes);
  }

  /** Of one stream; says why it refused. */
  final class Filter implements ObjectInputFilter {
    private final int maxArray;
    private long elements;
    private @Nullable String why;

    private Filter(int bytes) {
      maxArray = Math.max(bytes, SMALL_ARRAY);
      elements = CAPACITY * (long) bytes + SMALL_ARRAY;
    }

    @Nullable String why() {
      return why;
    }

    @Override
    public Status checkInput(FilterInfo info) {
      elements -= Math.max(0, info.arrayLength());
      if (info.depth() > READ_DEPTH) {
        return refuse(Remedy.DEPTH);
      }
      if (info.references() > MAX_REFERENCES) {
        return refuse("it holds more than " + MAX_REFERENCES + " objects");
      }
      if (info.arrayLength() > maxArray || elements < 0) {
        return refuse("its arrays promise more elements than the message holds: REJECTED");
      }
      Class<?> c = info.serialClass();
      if (c == null) {
        return Status.UNDECIDED;
      }
      return accepts(c) ? Status.ALLOWED : refuse(reason(c));
    }

    private Status refuse(String reason) {
      why = reason;
      return Status.REJECTED;
    }
  }
}
