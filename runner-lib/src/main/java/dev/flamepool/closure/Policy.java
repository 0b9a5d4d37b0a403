package dev.flamepool.closure;

import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which classes may be sent, and which may arrive. Both directions allow JDK values and
 * collections, exceptions and their parts, and what somebody allowed by name. Calls allow what the
 * application's loader defines, as whoever may call may run code anyway; replies only the
 * application's own packages, because a runner that was taken over must not own the application.
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

  /** Interfaces of the JDK whose lambdas only compare. */
  private static final Set<String> COMPARATORS =
      Set.of("java/util/Comparator", "java/util/Map$Entry");

  /** Packages, by their first labels, in which call sites of this process stand. */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  private final ClassLoader application;
  private final boolean replies;
  private final Predicate<Standing> other;
  private final Predicate<Standing> allowed;
  private final @Nullable Allowed reader;

  /** What a caller may send, before it is known who reads it. */
  static final Policy CALLS = calls(Policy.class.getClassLoader());

  /** What a runner may send back where its caller's packages are not known. */
  static final Policy RESULTS =
      new Policy(
          Policy.class.getClassLoader(), true, c -> true, c -> Allowed.here().covers(c), null);

  /**
   * @param other decides on what is neither of the JDK nor always a value
   * @param allowed whether somebody named the class or its package
   * @param reader what the one who reads it said, if that is known
   */
  private Policy(
      ClassLoader application,
      boolean replies,
      Predicate<Standing> other,
      Predicate<Standing> allowed,
      @Nullable Allowed reader) {
    this.reader = reader;
    this.application = application;
    this.replies = replies;
    this.other = other;
    this.allowed = allowed;
  }

  static Policy calls(ClassLoader application) {
    return new Policy(application, false, c -> true, c -> Allowed.here().covers(c), null);
  }

  static Policy replies(ClassLoader application) {
    return new Policy(
        application, true, c -> OWN.contains(c.root()), c -> Allowed.here().covers(c), null);
  }

  /**
   * What a runner may send back for one call site.
   *
   * @param className in which the call stands
   * @param caller what its caller said that it allows
   * @param site what that class allows
   */
  static Policy results(String className, Allowed caller, Allowed site) {
    String root = Standing.root(className);
    return new Policy(
        Policy.class.getClassLoader(),
        true,
        c -> c.root().equals(root),
        c -> caller.covers(c) || site.covers(c),
        caller);
  }

  ClassLoader application() {
    return application;
  }

  boolean isForReplies() {
    return replies;
  }

  /** The application is where its calls stand. */
  static void own(String className) {
    OWN.add(Standing.root(className));
  }

  static boolean isOwn(String className) {
    return OWN.contains(Standing.root(className));
  }

  /** Loads a class by name without initialising it, and refuses what must not arrive. */
  Class<?> load(String name) throws ClassNotFoundException, RefusedClassException {
    return load(name, false);
  }

  /**
   * The same.
   *
   * @param named also one that is only named, as nothing can be made of it
   */
  Class<?> load(String name, boolean named) throws ClassNotFoundException, RefusedClassException {
    Class<?> c = Class.forName(name, false, application);
    if (!accepts(c) && !(named && isOnlyNamed(c))) {
      throw new RefusedClassException(reason(c));
    }
    return c;
  }

  /**
   * Whether a Java stream can hold such a class itself, and nothing of it. Replies name those of
   * the JDK and of the application.
   */
  boolean isOnlyNamed(Class<?> c) {
    return !Serializable.class.isAssignableFrom(c)
        && !c.isHidden()
        && !c.isSynthetic()
        && !Gadgets.isOne(c.getName())
        && (!replies || (isJdk(c) && c.getModule().isExported(c.getPackageName())));
  }

  boolean accepts(Class<?> c) {
    Standing asked = Standing.ofElements(c);
    return asked == null || admits(asked);
  }

  private boolean admits(Standing c) {
    return switch (c.kind()) {
      case ALWAYS -> true;
      case NEVER -> false;
      case CALLS_ONLY -> !replies;
      case JDK -> allowed.test(c);
      case OTHER -> other.test(c) || allowed.test(c);
    };
  }

  /** Whether the reader said that it has that codec; not asked where it is told when it is sent. */
  boolean readerHas(String codec) {
    return reader == null || reader.names().contains(codec);
  }

  /** Whether somebody named the class or its package. */
  boolean allows(Class<?> c) {
    return allowed.test(Standing.of(c));
  }

  /** Of the JDK or of a language's own library: nobody can make it Serializable. */
  static boolean isStandard(Class<?> c) {
    return isJdk(c) || Languages.isTheirs(c.getName());
  }

  /** Calls take the application's lambdas along, and both ends what compares. */
  boolean acceptsLambdaOf(String capturingClass) {
    return COMPARATORS.contains(capturingClass)
        || (!replies && !capturingClass.startsWith("java/"));
  }

  static boolean isJdk(Class<?> c) {
    return Standing.isJdk(c);
  }

  /** Says no to an object that would be sent. */
  RefusedValueException refusal(Class<?> c) {
    return new RefusedValueException(c, Remedy.refused(c, replies));
  }

  String reasonOfSecret(Class<?> kind) {
    return Remedy.ofSecret(kind, replies);
  }

  String reason(Class<?> c) {
    return "a " + Culprit.nameOf(c) + " cannot be sent: " + Remedy.refused(c, replies);
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
      return accepts(c) || isOnlyNamed(c) || Keys.isOne(c) ? Status.ALLOWED : refuse(reason(c));
    }

    private Status refuse(String reason) {
      why = reason;
      return Status.REJECTED;
    }
  }
}
