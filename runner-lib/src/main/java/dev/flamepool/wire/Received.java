package dev.flamepool.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The reader's side of {@link Sent}. */
final class Received {
  private static final ClassRef[] NONE = {};

  private final List<SiteRef> sites = new ArrayList<>(4);
  private final List<ClassRef> classes = new ArrayList<>(4);
  private int characters;

  SiteRef site(In in) throws IOException {
    int id = in.vint();
    if (id >= 0 && id < sites.size()) {
      return sites.get(id);
    }
    if (id != sites.size()) {
      throw new MalformedException("call site " + id + " was never described");
    }
    Site site = SiteRef.read(in);
    SiteRef ref = new SiteRef(site);
    if (id < Sent.INLINE) {
      remember(site.characters());
      sites.add(ref);
    }
    return ref;
  }

  ClassRef[] classes(In in) throws IOException {
    int n = in.vint();
    if (n == 0) {
      return NONE;
    }
    if (n < 0 || n > Limits.MAX_CLASSES) {
      throw new MalformedException(
          "a message that mentions " + Integer.toUnsignedString(n) + " classes");
    }
    ClassRef[] refs = new ClassRef[n];
    for (int i = 0; i < n; i++) {
      refs[i] = classRef(in);
    }
    return refs;
  }

  private ClassRef classRef(In in) throws IOException {
    int id = in.vint();
    if (id >= 0 && id < classes.size()) {
      return classes.get(id);
    }
    if (id != classes.size()) {
      throw new MalformedException("class " + id + " was never named");
    }
    ClassRef ref = new ClassRef(in.string(Limits.MAX_NAME));
    if (id < Sent.INLINE) {
      remember(ref.name().length());
      classes.add(ref);
    }
    return ref;
  }

  private void remember(int more) throws MalformedException {
    characters += more;
    if (characters > Limits.MAX_INTERNED_CHARS) {
      throw new MalformedException(
          "call sites and class names of more than "
              + Limits.MAX_INTERNED_CHARS
              + " characters on one connection");
    }
  }
}
