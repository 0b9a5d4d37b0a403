package dev.flamepool.closure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How artifacts are called, and in which one two processes differ. Pure. */
final class Artifacts {
  private Artifacts() {}

  /**
   * The last part of each path, and as many before it as tell those apart that end alike: {@code
   * a/target/classes} and {@code b/target/classes}, but {@code lib.jar}.
   */
  static Map<Path, String> names(Collection<Path> paths) {
    Map<Path, String> names = new LinkedHashMap<>();
    for (Path path : paths) {
      int parts = 1;
      while (parts < path.getNameCount() && isShared(last(path, parts), path, paths)) {
        parts++;
      }
      names.put(path, last(path, parts).toString().replace('\\', '/'));
    }
    return names;
  }

  private static Path last(Path path, int parts) {
    int count = path.getNameCount();
    return count == 0 ? path : path.subpath(Math.max(0, count - parts), count);
  }

  private static boolean isShared(Path end, Path path, Collection<Path> paths) {
    return paths.stream().anyMatch(other -> !other.equals(path) && other.endsWith(end));
  }

  /**
   * For people: the first artifact whose content the other does not have.
   *
   * @param here as {@code name=digest}, sorted
   * @param there the same of the other process
   * @return null if none is known
   */
  static @Nullable String firstDifference(List<String> here, List<String> there) {
    if (here.isEmpty() || there.isEmpty()) {
      return null;
    }
    List<String> onlyHere = without(here, there);
    List<String> onlyThere = without(there, here);
    if (onlyHere.isEmpty()) {
      return onlyThere.isEmpty() ? null : onlyThere.get(0) + " (only there)";
    }
    String first = onlyHere.get(0);
    return onlyThere.stream().anyMatch(other -> areAlike(first, other))
        ? first + " (its content differs)"
        : first + " (only here)";
  }

  /** The names of those whose content the others do not have, whatever it is called there. */
  private static List<String> without(List<String> artifacts, List<String> others) {
    Set<String> digests = new HashSet<>();
    others.forEach(other -> digests.add(other.substring(equalsAt(other) + 1)));
    List<String> names = new ArrayList<>();
    for (String artifact : artifacts) {
      if (!digests.contains(artifact.substring(equalsAt(artifact) + 1))) {
        names.add(artifact.substring(0, equalsAt(artifact)));
      }
    }
    return names;
  }

  /** One side may need more of a path than the other to tell its own apart. */
  private static boolean areAlike(String one, String other) {
    return one.equals(other) || one.endsWith("/" + other) || other.endsWith("/" + one);
  }

  private static int equalsAt(String artifact) {
    return artifact.lastIndexOf('=');
  }
}
