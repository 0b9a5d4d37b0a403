package dev.flamepool.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The reader's side of {@link Sent}. */
final class Received {
  private static final ClassRef[] NONE = {};

  private final List<SiteRef> sites = new ArrayList<>(4);
  private final List<ClassRef> classes = new ArrayList<>(4);
  private long left;

  /**
   * @param most bytes that may be remembered
   */
  Received(long most) {
    left = most;
  }

  SiteRef site(In in) throws IOException {
    int id = in.vint();
    if (id >= 0 && id < sites.size()) {
      return sites.get(id);
    }
    if (id != sites.size() && id != Sent.INLINE) {
      throw new MalformedException("call site " + id + " was never described");
    }
    Site site = SiteRef.read(in);
    SiteRef ref = new SiteRef(site);
    if (id != Sent.INLINE) {
      remember(NameRoom.of(site));
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
    if (id != classes.size() && id != Sent.INLINE) {
      throw new MalformedException("class " + id + " was never named");
    }
    ClassRef ref = new ClassRef(in.string(Limits.MAX_NAME));
    if (id != Sent.INLINE) {
      remember(NameRoom.of(ref.name()));
      classes.add(ref);
    }
    return ref;
  }

  private void remember(long bytes) throws MalformedException {
    left -= bytes;
    if (left < 0) {
      throw new MalformedException(
          "more call sites and class names than this end said that it remembers");
    }
  }
}
