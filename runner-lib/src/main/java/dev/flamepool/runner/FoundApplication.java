package dev.flamepool.runner;

import dev.flamepool.RunnerApplication;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.closure.Loaders;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The application that the service loader names, if any. Made late: that may take its time. */
final class FoundApplication {
  private final ServiceLoader.@Nullable Provider<RunnerApplication> provider;
  private @Nullable RunnerApplication made;

  private FoundApplication(ServiceLoader.@Nullable Provider<RunnerApplication> provider) {
    this.provider = provider;
  }

  static FoundApplication find() {
    List<ServiceLoader.Provider<RunnerApplication>> found =
        ServiceLoader.load(RunnerApplication.class).stream().limit(2).toList();
    if (found.size() > 1) {
      throw new RunnerProcess.RefusedStart(
          "there are two applications by META-INF/services/"
              + RunnerApplication.class.getName()
              + " or by 'provides' of modules, "
              + found.get(0).type().getName()
              + " and "
              + found.get(1).type().getName()
              + ": leave one",
          null);
    }
    return new FoundApplication(found.isEmpty() ? null : found.get(0));
  }

  /** The same one each time; null if there is none. */
  @Nullable RunnerApplication get() {
    if (made == null && provider != null) {
      made = provider.get();
    }
    return made;
  }

  /**
   * What loads the code, as at the caller: the application's own loader, or what was seen where
   * that knows more.
   */
  ClassLoader loader(ClassLoader seen) {
    if (provider == null) {
      return seen;
    }
    ClassLoader own;
    try {
      own = isItsClassLoader(provider.type()) ? provider.type().getClassLoader() : asked();
    } catch (RuntimeException e) {
      own = null; // one that it has only after its start: asked again then
    }
    return own == null ? seen : Loaders.wider(own, seen);
  }

  private @Nullable ClassLoader asked() {
    RunnerApplication application = get();
    return application == null ? null : application.classLoader();
  }

  /** Whether it is known without the application. */
  private static boolean isItsClassLoader(Class<?> type) {
    try {
      return !type.isInterface()
          && type.getMethod("classLoader").getDeclaringClass() == RunnerApplication.class;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /**
   * Says so where it gives another loader now, after its start. Peers have heard the code version
   * by then.
   */
  void sayIfOtherCode(ClassLoader before, ClassLoader seen) {
    ClassLoader now = loader(seen);
    if (now != before
        && !CodeVersion.current(now).version().equals(CodeVersion.current(before).version())) {
      Say.warn(
          "RunnerApplication.classLoader() gives another loader now than before start(), so this"
              + " runner's code version does not cover what that loads: give the same one before,"
              + " or set FLAME_CODE_VERSION here and at the caller");
    }
  }
}
