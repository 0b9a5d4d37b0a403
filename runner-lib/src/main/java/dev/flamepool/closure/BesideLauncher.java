package dev.flamepool.closure;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The jars beside and below a launcher's, as in Quarkus' fast-jar: its class path names what boots,
 * and a loader that keeps an index of its own reads the rest. Such a loader does not tell of jars
 * without a manifest, and those hold generated and rewritten classes of the application.
 */
final class BesideLauncher {
  private static final int MAX_DEPTH = 8;

  private BesideLauncher() {}

  /**
   * All jars in the folders of those launchers below which such a loader reads.
   *
   * @param classPath its jars
   * @param read what the loader says it reads
   * @param maxFiles a folder with more is not a launcher's
   * @param unknown takes the folders that are too large
   */
  static Set<Path> jars(
      Collection<Path> classPath, Collection<Path> read, int maxFiles, List<String> unknown) {
    Set<Path> folders = new LinkedHashSet<>();
    for (Path jar : classPath) {
      Path folder = jar.getParent();
      if (folder != null
          && Files.isRegularFile(jar)
          && read.stream().anyMatch(one -> one.startsWith(folder))) {
        folders.add(folder);
      }
    }
    Set<Path> found = new LinkedHashSet<>();
    for (Path folder : folders) {
      Jars jars = new Jars(folder, maxFiles);
      try {
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, jars);
      } catch (IOException e) {
        jars.left = -1;
      }
      if (jars.left < 0) {
        unknown.add("the jars below " + folder + ", which holds too much to be a launcher's");
      } else {
        found.addAll(jars.found);
      }
    }
    return found;
  }

  private static final class Jars extends SimpleFileVisitor<Path> {
    private final Set<Path> found = new LinkedHashSet<>();
    private int left;

    Jars(Path folder, int maxFiles) {
      left = folder.getParent() == null ? -1 : maxFiles;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes is) {
      return left < 0 ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
      left--;
      if (is.isRegularFile() && file.toString().endsWith(".jar")) {
        found.add(file);
      }
      return left < 0 ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why) {
      return FileVisitResult.CONTINUE;
    }
  }
}
