package dev.flamepool.closure;

import java.io.File;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Spring Boot's DevTools: they start main a second time, below a class loader of their own, and
 * again whenever a class changes. A runner is one main and one code.
 */
public final class DevTools {
  private static final String SWITCH = "spring.devtools.restart.enabled";
  private static final String JAR = "spring-boot-devtools";
  private static final String LOADER =
      "org.springframework.boot.devtools.restart.classloader.RestartClassLoader";

  private static final Logger LOG = System.getLogger(DevTools.class.getName());
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private DevTools() {}

  /**
   * Switches the restart off in a runner's process, before its application starts.
   *
   * @param classPath of the process
   * @return what there is to say, for people; null if nothing is
   */
  public static @Nullable String offOnRunner(String classPath) {
    if ("false".equalsIgnoreCase(System.getProperty(SWITCH))) {
      return null;
    }
    System.setProperty(SWITCH, "false");
    boolean named =
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .anyMatch(entry -> new File(entry).getName().startsWith(JAR));
    return named
        ? "Spring Boot's DevTools are on the class path of this runner and would start its main a"
            + " second time, so their restart is switched off here; leave spring-boot-devtools out"
            + " on both sides, or write -D"
            + SWITCH
            + "=false into the pool's jvmOptions"
        : null;
  }

  /**
   * Warns once in a process whose application they restart.
   *
   * @param application loads the application's classes
   */
  public static void warnCaller(ClassLoader application) {
    for (ClassLoader l = application; l != null; l = l.getParent()) {
      if (l.getClass().getName().equals(LOADER) && !WARNED.getAndSet(true)) {
        LOG.log(
            Level.WARNING,
            "Spring Boot's DevTools restart this application when a class changes. Runners that"
                + " started before have other code, so calls then end with"
                + " CodeVersionMismatchException: start this process with -D"
                + SWITCH
                + "=false, or change the pool after a restart, such as a value of its env");
      }
    }
  }
}
