package dev.flamepool.closure;

import dev.flamepool.ValueCodec;
import dev.flamepool.wire.Takes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The codecs of this process, in the order in which they were given. Immutable. */
public final class Codecs {
  private static final Pattern NAME = Pattern.compile("[\\w.$-]{1,150}");

  private static volatile @Nullable Codecs here;

  private final List<ValueCodec<?>> all;
  private final ClassValue<Optional<ValueCodec<?>>> byType =
      new ClassValue<>() {
        @Override
        protected Optional<ValueCodec<?>> computeValue(Class<?> type) {
          return all.stream().filter(codec -> codec.handles(type)).findFirst();
        }
      };

  private Codecs(List<ValueCodec<?>> all) {
    this.all = all;
  }

  /** Null while there are none. */
  static @Nullable Codecs here() {
    return here;
  }

  /**
   * Adds codecs, from now on and in all of this process. Of one class and name, the last one given
   * counts.
   *
   * @throws IllegalArgumentException if a name is none, or is another codec's
   */
  public static synchronized void add(Collection<? extends ValueCodec<?>> more) {
    if (more.isEmpty()) {
      return;
    }
    List<ValueCodec<?>> together = new ArrayList<>(here == null ? List.of() : here.all);
    for (ValueCodec<?> codec : more) {
      checkName(codec);
      int at = indexOf(together, codec.name());
      if (at < 0) {
        together.add(codec);
      } else if (together.get(at).getClass().getName().equals(codec.getClass().getName())) {
        together.set(at, codec);
      } else {
        throw new IllegalArgumentException(
            "two codecs are named "
                + codec.name()
                + ", "
                + together.get(at).getClass().getName()
                + " and "
                + codec.getClass().getName()
                + ": override name() of one");
      }
    }
    here = new Codecs(List.copyOf(together));
  }

  /** Adds those that the application names as services, but for those that were given in code. */
  public static void find(ClassLoader application) {
    List<ValueCodec<?>> found = new ArrayList<>();
    for (ValueCodec<?> codec : ServiceLoader.load(ValueCodec.class, application)) {
      Codecs known = here;
      if (known == null || indexOf(known.all, codec.name()) < 0) {
        found.add(codec);
      }
    }
    add(found);
  }

  private static void checkName(ValueCodec<?> codec) {
    String name = codec.name();
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of codec "
              + codec.getClass().getName()
              + " is '"
              + name
              + "': give up to 150 letters, digits, '.', '_', '$' and '-'");
    }
  }

  private static int indexOf(List<ValueCodec<?>> all, String name) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** What this process takes beyond what every other one does, for its peers. */
  static List<String> names() {
    Codecs known = here;
    return known == null ? List.of() : known.all.stream().map(c -> Takes.codec(c.name())).toList();
  }

  /** Who writes objects of that class; null for what goes as it always does. */
  @SuppressWarnings("unchecked") // of what it handles
  @Nullable ValueCodec<Object> of(Class<?> type) {
    return (ValueCodec<Object>) byType.get(type).orElse(null);
  }

  @SuppressWarnings("unchecked") // of what it handles
  @Nullable ValueCodec<Object> named(String name) {
    int at = indexOf(all, name);
    return at < 0 ? null : (ValueCodec<Object>) all.get(at);
  }
}
