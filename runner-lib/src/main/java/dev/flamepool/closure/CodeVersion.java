package dev.flamepool.closure;

import dev.flamepool.wire.Pending;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which code this process runs: {@code FLAME_CODE_VERSION} if set, else a hash over the class path
 * that does not change with paths, order, timestamps or manifests (DESIGN section 5).
 *
 * @param version what is compared
 * @param artifacts {@code name=digest} of each artifact, sorted; empty where the version was given
 */
public record CodeVersion(String version, List<String> artifacts) {
  /** This process's, computed once; the first call may take a while (0.2 s for 190 jars). */
  public static CodeVersion current() {
    return Pending.yet();
  }

  /**
   * Starts computing {@link #current} on a daemon thread, so that it is there when it is needed.
   */
  public static void prepare() {
    Pending.yet();
  }

  /** For people: the first artifact in which two versions differ, or null if none is known. */
  public static @Nullable String firstDifference(List<String> here, List<String> there) {
    return Pending.yet();
  }
}
