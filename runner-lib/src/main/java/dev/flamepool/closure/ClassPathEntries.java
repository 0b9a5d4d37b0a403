package dev.flamepool.closure;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** All jars and folders of a class path, with those that the manifests of its jars name. */
final class ClassPathEntries {
  private ClassPathEntries() {}

  /**
   * Each once, absolute. Some may not exist.
   *
   * <p>An empty element is left out: it is the working directory for the JVM, but hardly ever meant
   * (a stray separator, an unset variable, an application of modules), and what lies there is as a
   * rule not the same on both sides. {@code .} counts.
   */
  static Collection<Path> of(String classPath) {
    Deque<Path> left = new ArrayDeque<>();
    for (String element : classPath.split(File.pathSeparator, -1)) {
      if (!element.isEmpty()) {
        left.add(Path.of(element));
      }
    }
    Set<Path> found = new LinkedHashSet<>();
    while (!left.isEmpty()) {
      Path path = left.remove().toAbsolutePath().normalize();
      if (found.add(path) && Files.isRegularFile(path)) {
        left.addAll(namedBy(path));
      }
    }
    return found;
  }

  private static List<Path> namedBy(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry manifest = zip.getEntry(JarFile.MANIFEST_NAME);
      if (manifest == null) {
        return List.of();
      }
      try (InputStream in = zip.getInputStream(manifest)) {
        String names = new Manifest(in).getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
        return names == null ? List.of() : resolve(jar.toUri(), names);
      }
    } catch (IOException e) {
      return List.of(); // no jar, or one that the JVM cannot read either
    }
  }

  private static List<Path> resolve(URI jar, String names) {
    List<Path> paths = new ArrayList<>();
    for (StringTokenizer each = new StringTokenizer(names); each.hasMoreTokens(); ) {
      try {
        paths.add(Path.of(jar.resolve(new URI(each.nextToken()))));
      } catch (URISyntaxException
          | IllegalArgumentException
          | FileSystemNotFoundException
          | SecurityException e) {
        // the JVM ignores what is no file as well
      }
    }
    return paths;
  }
}
