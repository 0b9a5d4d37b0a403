package dev.flamepool.closure;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which code this process runs: {@code FLAME_CODE_VERSION} if set, else a hash over the class path
 * that does not change with paths, order, repetition, timestamps or manifests. A jar that another
 * jar's manifest names in its {@code Class-Path} is on the class path, as for the JVM: {@code java
 * -jar app.jar} and {@code -cp 'app.jar:lib/*'} with the same jars are the same code. Modules count
 * as well, and what the application's loader adds, as far as it tells; a loader that keeps an index
 * of its own has all jars below its launcher's folder; where nothing tells, a warning asks for
 * {@code FLAME_CODE_VERSION}. The working directory counts only where the class path names it.
 *
 * @param version what is compared
 * @param artifacts {@code name=digest} of each artifact, sorted; empty where the version was given.
 *     The name is as much of the end of its path as tells it from the others
 */
public record CodeVersion(String version, List<String> artifacts) {
  private static final String GIVEN = "FLAME_CODE_VERSION";

  private static final int LONGEST = 128;

  private static final Logger LOG = System.getLogger(CodeVersion.class.getName());

  // What is known of a loader holds nothing of it.
  private static final Map<ClassLoader, CodeVersion> KNOWN = new WeakHashMap<>();

  private static volatile ClassLoader application = CodeVersion.class.getClassLoader();

  /**
   * Says what loads the code of this process, if that is a runner: before its first peer asks.
   *
   * @param loader loads the application's classes
   */
  public static void isLoadedBy(ClassLoader loader) {
    application = loader;
  }

  /**
   * This process's, as the loader has its code that {@link #isLoadedBy} was given.
   *
   * @throws IllegalArgumentException if {@code FLAME_CODE_VERSION} is no version
   */
  public static CodeVersion current() {
    return current(application);
  }

  /**
   * This process's, computed once; the first call may take a while (0.2 s for 190 jars).
   *
   * @param application loads the application's classes
   * @throws IllegalArgumentException if {@code FLAME_CODE_VERSION} is no version
   */
  public static CodeVersion current(ClassLoader application) {
    String given = System.getenv(GIVEN);
    String problem = problem(GIVEN, given);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
    if (given != null && !given.isBlank()) {
      return new CodeVersion(given.trim(), List.of());
    }
    synchronized (KNOWN) {
      CodeVersion known = KNOWN.get(application);
      if (known == null) {
        List<String> unknown = new ArrayList<>();
        known = of(System.getProperty("java.class.path", ""), application, unknown);
        KNOWN.put(application, known);
        if (!unknown.isEmpty()) {
          LOG.log(Level.WARNING, Artifact.asked(unknown));
        }
      }
      return known;
    }
  }

  /**
   * What is wrong with a version that somebody gives; empty when nothing is, or none is given.
   *
   * @param where it is given
   */
  public static String problem(String where, @Nullable String version) {
    return version == null || version.trim().length() <= LONGEST
        ? ""
        : where
            + ": '"
            + version.trim().substring(0, LONGEST)
            + "...' has "
            + version.trim().length()
            + " characters; give at most "
            + LONGEST
            + ", such as a hash of it";
  }

  /**
   * Starts computing {@link #current(ClassLoader)} on a daemon thread, so that it is there when it
   * is needed.
   *
   * @param loader loads the application's classes
   */
  public static void prepare(ClassLoader loader) {
    Thread t = new Thread(() -> current(loader), "flame-code-version");
    t.setDaemon(true);
    t.start();
  }

  /** The version of a class path. Entries that do not exist do not count, as for the JVM. */
  public static CodeVersion ofClassPath(String classPath) {
    return of(ClassPathEntries.of(classPath), new ArrayList<>());
  }

  /**
   * The version of a class path, of the modules beside it and of what a loader adds to both.
   *
   * @param unknown takes what it does not cover, for people
   */
  static CodeVersion of(String classPath, ClassLoader application, List<String> unknown) {
    Collection<Path> named = ClassPathEntries.of(classPath);
    Set<Path> entries = new LinkedHashSet<>(named);
    entries.addAll(LoaderEntries.ofModules());
    entries.addAll(LoaderEntries.of(named, application, unknown));
    CodeVersion version = of(entries, unknown);
    if (version.artifacts().isEmpty() && unknown.isEmpty()) {
      unknown.add("anything: neither class path nor module path name a jar or a folder of classes");
    }
    return version;
  }

  private static CodeVersion of(Collection<Path> entries, List<String> unknown) {
    Set<String> artifacts = new TreeSet<>();
    Set<String> digests = new TreeSet<>();
    Map<Path, String> found = new LinkedHashMap<>();
    for (Path p : entries) {
      String digest = Artifact.digest(p, Artifact.MAX_FILES, unknown);
      if (digest != null) {
        found.put(p, digest);
      }
    }
    Map<Path, String> names = Artifacts.names(found.keySet());
    found.forEach(
        (path, digest) -> {
          artifacts.add(names.get(path) + "=" + digest);
          digests.add(digest);
        });
    return new CodeVersion(Artifact.sha(new ArrayList<>(digests)), List.copyOf(artifacts));
  }

  /** For people: the first artifact in which two versions differ, or null if none is known. */
  public static @Nullable String firstDifference(List<String> here, List<String> there) {
    return Artifacts.firstDifference(here, there);
  }
}
