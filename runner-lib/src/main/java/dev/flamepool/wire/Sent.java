package dev.flamepool.wire;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What one connection has sent before and now names by a number: call sites and class names. As
 * many as both ends remember; others are described each time.
 */
final class Sent {
  /** Follows instead of a number: described in full, and not remembered. */
  static final int INLINE = Limits.MAX_INTERNED;

  private final IdentityHashMap<Site, Integer> sites = new IdentityHashMap<>();
  private final Map<String, Integer> classes = new HashMap<>();

  private long left;

  /**
   * @param most bytes that both ends remember
   */
  Sent(long most) {
    left = most;
  }

  private boolean isRemembered(int number, long bytes) {
    if (number >= INLINE || bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }

  void site(Site s, Out out) {
    Integer id = sites.get(s);
    if (id != null) {
      out.vint(id);
      return;
    }
    int next = INLINE;
    if (isRemembered(sites.size(), NameRoom.of(s))) {
      next = sites.size();
      sites.put(s, next);
    }
    out.vint(next); // the reader's next number, or INLINE: a description follows
    SiteRef.write(s, out);
  }

  /** The classes that a body mentions, in its order. */
  void classes(Body body, Out out) {
    int n = body.classes().size();
    out.vint(n);
    for (int i = 0; i < n; i++) {
      String name = body.classes().get(i);
      Integer id = classes.get(name);
      if (id != null) {
        out.vint(id);
        continue;
      }
      int next = INLINE;
      if (isRemembered(classes.size(), NameRoom.of(name))) {
        next = classes.size();
        classes.put(name, next);
      }
      out.vint(next);
      out.string(name);
    }
  }
}
