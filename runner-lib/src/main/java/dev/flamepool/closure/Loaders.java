package dev.flamepool.closure;

import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which class loader knows the application. The thread's context loader alone does not say it: the
 * threads of the common pool and of many schedulers have the system loader, which knows no class of
 * a fat jar or a WAR. What a class of the application says or calls is read with that class's own
 * loader.
 */
public final class Loaders {
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  // The values refer to their keys, so they must not be held.
  private static final Map<ClassLoader, SoftReference<Joined>> JOINED = new WeakHashMap<>();

  private Loaders() {}

  /**
   * The application's loader as seen from one of its classes: that class's own, or the context
   * loader where that knows more, because it delegates to the other.
   *
   * @param site null where no class of the application is known: then the library's own loader
   *     stands for it
   */
  public static ClassLoader seenFrom(@Nullable Class<?> site) {
    ClassLoader own = site == null || Policy.isJdk(site) ? null : site.getClassLoader();
    ClassLoader known = own != null ? own : Loaders.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? known : wider(known, context);
  }

  /** The second one where it knows all that the first one knows, else the first one. */
  public static ClassLoader wider(ClassLoader known, ClassLoader other) {
    return delegates(other, known) ? other : known;
  }

  /**
   * The same, seen from whoever has called the library, past the JDK's own frames.
   *
   * @param library its classes, which are passed over
   */
  public static ClassLoader seenFromCaller(Set<Class<?>> library) {
    return seenFrom(
        WALKER.walk(
            frames ->
                frames
                    .<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                    .filter(c -> c != Loaders.class && !library.contains(c) && !Policy.isJdk(c))
                    .findFirst()
                    .orElse(null)));
  }

  /**
   * What reads a call or its reply: the call site's own loader first, and for what that does not
   * know the application's.
   *
   * @param site null where it is not known
   */
  public static ClassLoader of(@Nullable ClassLoader site, ClassLoader application) {
    if (site == null || delegates(application, site)) {
      return application;
    }
    if (delegates(site, application)) {
      return site;
    }
    synchronized (JOINED) {
      SoftReference<Joined> known = JOINED.get(site);
      Joined joined = known == null ? null : known.get();
      if (joined == null || joined.second != application) {
        joined = new Joined(site, application);
        JOINED.put(site, new SoftReference<>(joined));
      }
      return joined;
    }
  }

  /** Whether the first one knows what the second one knows. */
  private static boolean delegates(ClassLoader from, ClassLoader to) {
    for (ClassLoader each = from; each != null; each = each.getParent()) {
      if (each == to) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs something for which the context loader must know the library, or what the library needs.
   */
  public static <T> T knowing(ClassLoader library, java.util.function.Supplier<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    if (before != null && delegates(before, library)) {
      return work.get();
    }
    thread.setContextClassLoader(library);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Two that do not know each other. Defines no class. */
  private static final class Joined extends ClassLoader {
    private final ClassLoader second;

    Joined(ClassLoader first, ClassLoader second) {
      super(first);
      this.second = second;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      return second.loadClass(name);
    }
  }
}
