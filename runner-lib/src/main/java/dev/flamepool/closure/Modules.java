package dev.flamepool.closure;

/**
 * What to write where an application is a named module. The JVM does not know what the library
 * needs, and lets nobody into a module's packages unless that says so.
 */
public final class Modules {
  private static final String START =
      "start java with --add-modules ALL-MODULE-PATH,java.net.http,jdk.net,jdk.unsupported, or"
          + " require in module-info.java what is missing";

  private Modules() {}

  /** What keeps this JVM from serving calls, as one sentence; empty if nothing does. */
  public static String missing() {
    return ModuleLayer.boot().findModule("jdk.net").isPresent()
        ? ""
        : "the module jdk.net is not in this JVM: " + START;
  }

  /** The same for making calls. */
  public static String missingForCalls() {
    try {
      Class.forName("org.slf4j.LoggerFactory", false, Modules.class.getClassLoader());
      return missing();
    } catch (ClassNotFoundException e) {
      return missing(new NoClassDefFoundError(e.getMessage()));
    }
  }

  /** The same for a class that was found to be missing. */
  public static String missing(LinkageError e) {
    return "what the library needs is not in this JVM ("
        + e
        + "): put its jars beside it; with modules, "
        + START;
  }

  /** The line that lets the library into the package of a class. */
  static String opening(Class<?> c) {
    Module library = Modules.class.getModule();
    return "write 'opens "
        + c.getPackageName()
        + (library.isNamed() ? " to " + library.getName() : "")
        + ";' in the module-info.java of module "
        + c.getModule().getName();
  }

  /** The same where the JDK's serialization would let it in as well, if that could be asked. */
  static String openingOrUnsupported(Class<?> c) {
    return opening(c) + ", or start java with --add-modules jdk.unsupported";
  }
}
