package dev.flamepool.closure;

import dev.flamepool.FlameAllow;
import dev.flamepool.wire.Limits;
import dev.flamepool.wire.Takes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Packages and classes that somebody named, whose values travel beyond those that always do.
 * Immutable. What a process allows comes from its own code and configuration, never from a peer; a
 * peer's list only says what is in vain to send there.
 */
public final class Allowed {
  /** Names, comma-separated, for a whole process. */
  public static final String PROPERTY = "flame.allow";

  /** The same in the environment. */
  public static final String VARIABLE = "FLAME_ALLOW";

  /** Nothing beyond what always travels. */
  public static final Allowed NOTHING = new Allowed(List.of());

  private static final Pattern NAME =
      Pattern.compile("[\\p{javaJavaIdentifierPart}]+(\\.[\\p{javaJavaIdentifierPart}]+)+");

  private static volatile @Nullable Allowed here;

  private final List<String> names;

  private Allowed(List<String> names) {
    this.names = names;
  }

  /** What a peer says of itself. */
  public static Allowed of(List<String> names) {
    return names.isEmpty() ? NOTHING : new Allowed(names);
  }

  /**
   * What this process allows by now.
   *
   * @throws IllegalArgumentException if the property or the variable holds what is no name
   */
  public static Allowed here() {
    Allowed known = here;
    return known != null ? known : configured();
  }

  private static synchronized Allowed configured() {
    if (here == null) {
      List<String> given = new ArrayList<>(split(PROPERTY, System.getProperty(PROPERTY)));
      given.addAll(split(VARIABLE, System.getenv(VARIABLE)));
      here = NOTHING.and(given);
    }
    return here;
  }

  /** Allows more, from now on and in all of this process. */
  static void add(Collection<String> more) {
    Allowed known = here();
    if (!known.names.containsAll(more)) {
      synchronized (Allowed.class) {
        here = here().and(more);
      }
    }
  }

  /** The names in a list of the configuration. */
  static List<String> split(String where, @Nullable String list) {
    if (list == null || list.isBlank()) {
      return List.of();
    }
    return Arrays.stream(list.split("[,\\s]+"))
        .filter(name -> !name.isEmpty())
        .map(name -> checked(where, name))
        .toList();
  }

  /**
   * The name of a package or a class.
   *
   * @throws IllegalArgumentException if it is none, or names what belongs to many
   */
  public static String checked(String where, String name) {
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (plain.length() > Limits.MAX_TAKE || !NAME.matcher(plain).matches()) {
      throw new IllegalArgumentException(
          where
              + " is '"
              + name
              + "': give a package of two labels or more, or a class, such as com.acme.model");
    }
    return plain;
  }

  /** With more. */
  Allowed and(Collection<String> more) {
    TreeSet<String> all = new TreeSet<>(names);
    all.addAll(more);
    if (all.size() > Limits.MAX_TAKES) {
      throw new IllegalArgumentException(
          "allow names " + all.size() + " packages and classes; give at most " + Limits.MAX_TAKES);
    }
    return new Allowed(List.copyOf(all));
  }

  /** What a call's own class allows: it, the classes around it, or its package. */
  static Allowed by(@Nullable Class<?> capturing) {
    if (capturing == null) {
      return NOTHING;
    }
    List<String> all = new ArrayList<>();
    try {
      for (Class<?> c = capturing; c != null; c = c.getEnclosingClass()) {
        collect(c.getAnnotation(FlameAllow.class), all);
      }
      Package pkg = capturing.getPackage();
      collect(pkg == null ? null : pkg.getAnnotation(FlameAllow.class), all);
    } catch (LinkageError e) { // a class around it that is not there
      return of(all);
    }
    return of(all);
  }

  private static void collect(@Nullable FlameAllow allow, List<String> all) {
    if (allow != null) {
      Arrays.stream(allow.value()).map(name -> checked("@FlameAllow", name)).forEach(all::add);
    }
  }

  /** What this process takes, with its codecs, to be said to a peer. */
  public static Allowed said() {
    List<String> codecs = Codecs.names();
    return codecs.isEmpty() ? here() : here().and(codecs);
  }

  /** In order. */
  public List<String> names() {
    return names;
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Whether a value of that class may travel. A gadget has to be named itself. */
  boolean covers(Standing c) {
    if (names.isEmpty()) {
      return false;
    }
    return c.isGadget()
        ? Collections.binarySearch(names, c.outer()) >= 0
        : Takes.cover(names, c.name());
  }
}
