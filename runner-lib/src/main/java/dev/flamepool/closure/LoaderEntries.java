package dev.flamepool.closure;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** All jars and folders that modules and class loaders add to the class path. */
final class LoaderEntries {
  private static final String NESTED = "nested:";

  /** Of a folder with a launcher, jars and others. */
  private static final int MAX_FILES = 10_000;

  private LoaderEntries() {}

  /** Those of the modules that were resolved when the JVM started, but for the JDK's. */
  static Collection<Path> ofModules() {
    Set<Path> found = new LinkedHashSet<>();
    ModuleLayer.boot().configuration().modules().stream()
        .flatMap(module -> module.reference().location().stream())
        .map(location -> path(location.toString()))
        .forEach(path -> add(path, found));
    return found;
  }

  /**
   * Those of a loader and its parents, down from the system loader, which has the class path.
   *
   * @param classPath what the system loader loads from
   * @param unknown takes the loaders that do not say what they load from
   */
  static Collection<Path> of(
      Collection<Path> classPath, ClassLoader application, List<String> unknown) {
    Set<Path> found = new LinkedHashSet<>();
    ClassLoader end = ClassLoader.getSystemClassLoader();
    for (ClassLoader l = application;
        l != null && l != end && l != ClassLoader.getPlatformClassLoader();
        l = l.getParent()) {
      List<String> urls = urls(l);
      Set<Path> own = new LinkedHashSet<>();
      urls.forEach(url -> add(path(url), own));
      boolean empty = l instanceof URLClassLoader && urls.isEmpty();
      if (own.isEmpty() && !empty) {
        unknown.add("what " + l.getClass().getName() + " loads");
      }
      found.addAll(own);
      if (!(l instanceof URLClassLoader)) {
        found.addAll(BesideLauncher.jars(classPath, own, MAX_FILES, unknown));
      }
    }
    return found;
  }

  private static List<String> urls(ClassLoader loader) {
    List<String> all = new ArrayList<>();
    if (loader instanceof URLClassLoader known) {
      URL[] urls = known.getURLs();
      for (URL url : urls == null ? new URL[0] : urls) {
        all.add(url.toString());
      }
      return all;
    }
    Set<String> above = new LinkedHashSet<>();
    if (loader.getParent() != null) {
      roots(loader.getParent(), above);
    }
    Set<String> own = new LinkedHashSet<>();
    roots(loader, own);
    own.removeAll(above);
    all.addAll(own);
    return all;
  }

  /** Nearly every jar has a manifest, and a folder answers to the empty name. */
  private static void roots(ClassLoader loader, Set<String> found) {
    try {
      for (URL url : Collections.list(loader.getResources(JarFile.MANIFEST_NAME))) {
        String text = url.toString();
        found.add(text.substring(0, text.length() - JarFile.MANIFEST_NAME.length()));
      }
      for (URL url : Collections.list(loader.getResources(""))) {
        found.add(url.toString());
      }
    } catch (IOException | RuntimeException e) {
      // it does not say
    }
  }

  private static void add(@Nullable Path path, Set<Path> found) {
    if (path != null) {
      found.add(path.toAbsolutePath().normalize());
    }
  }

  /** The file of a URL, the outermost one of nested jars; null if it is none. */
  private static @Nullable Path path(String url) {
    try {
      if (url.startsWith("jar:")) {
        int inner = url.indexOf("!/");
        return path(url.substring("jar:".length(), inner < 0 ? url.length() : inner));
      }
      if (url.startsWith(NESTED)) {
        int inner = url.indexOf("/!");
        String outer = url.substring(NESTED.length(), inner < 0 ? url.length() : inner);
        return Path.of(URI.create("file:" + outer));
      }
      return url.startsWith("file:") ? Path.of(URI.create(url)) : null;
    } catch (RuntimeException e) {
      return null;
    }
  }
}
