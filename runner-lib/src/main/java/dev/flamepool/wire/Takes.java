package dev.flamepool.wire;

import java.util.Collection;
import java.util.Optional;

/**
 * The names by which an end says what it takes beyond what everybody does: of packages, of classes,
 * and of codecs.
 */
public final class Takes {
  /** In front of a codec's name. */
  private static final String CODEC = "codec:";

  private Takes() {}

  /** How a codec is named. */
  public static String codec(String name) {
    return CODEC + name;
  }

  /**
   * Whether one of these names is that of the need, of what is around it, or its package. A codec
   * covers itself only, whatever its name looks like.
   */
  public static boolean cover(Collection<String> names, String need) {
    if (need.startsWith(CODEC)) {
      return names.contains(need);
    }
    for (String name : names) {
      if (covers(name, need)) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(String name, String need) {
    int end = name.length();
    return need.startsWith(name)
        && (need.length() == end || need.charAt(end) == '.' || need.charAt(end) == '$');
  }

  /** Why what needs these is in vain for a runner that takes those; empty if it is not. */
  static Optional<String> lacking(Collection<String> needs, Collection<String> taken) {
    return needs.stream().filter(need -> !cover(taken, need)).findFirst().map(Takes::words);
  }

  private static String words(String need) {
    return need.startsWith(CODEC)
        ? "it holds what a codec wrote that the runner does not have; "
            + remedy(need.substring(CODEC.length()))
        : "it holds a "
            + need
            + ", which this process allows and the runner does not; name it there, too: FLAME_ALLOW="
            + need
            + " in spec.env of the pool, or @FlameAllow(\""
            + need
            + "\") on the class that makes the call";
  }

  /** The line to write where a codec is missing. */
  public static String remedy(String codec) {
    return "give it there as well: Flame.builder().codec(...) with serveIfRunner of that builder, or"
        + " name its class in META-INF/services/dev.flamepool.ValueCodec (codec "
        + codec
        + ")";
  }
}
