package dev.flamepool.operator.world;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.SimulatedCrash;
import dev.flamepool.operator.world.World.Trouble;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All requests to one namespace. Those of the operator that acts meet its trouble, and each that
 * changes something is a crash point before and after it.
 */
final class Requests implements RequestHook {
  private static final int LAST = 6;

  private final KubernetesClient client;
  private final String namespace;
  private final AtomicLong writes = new AtomicLong();
  private final Set<String> written = ConcurrentHashMap.newKeySet();
  private final Queue<String> last = new ConcurrentLinkedQueue<>();
  private @Nullable Objects objects;
  private volatile @Nullable CrashPoints acting;

  /** What the operator meets. */
  volatile Trouble trouble = new Trouble() {};

  Requests(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** An operator acts; the requests made meanwhile are its own. */
  void by(CrashPoints points, Runnable act) {
    acting = points;
    try {
      act.run();
    } finally {
      acting = null;
    }
  }

  /** The last of them. */
  List<String> last() {
    return List.copyOf(last);
  }

  /** How many there were that change something. */
  long writes() {
    return writes.get();
  }

  /** Everything as it is now; it is read again only when something was written. */
  Objects objects() {
    long now = writes.get();
    if (objects == null || objects.version() != now) {
      Set<String> kinds = Set.copyOf(written);
      written.removeAll(kinds);
      objects = Objects.read(client, namespace, now, kinds, objects);
    }
    return objects;
  }

  @Override
  public int before(String method, String path, String body) throws IOException {
    reach("before ", method, path);
    return acting == null ? PASS : trouble.before(method, path, body);
  }

  @Override
  public String words(String method, String path) {
    return trouble.words();
  }

  @Override
  public void after(String method, String path, String body, int status) throws IOException {
    reach("after ", method, path);
    if (acting != null) {
      trouble.after(method, path, status);
    }
  }

  private void reach(String when, String method, String path) throws IOException {
    if (!method.equals("GET")) {
      written.add(kind(path));
      writes.incrementAndGet();
      last.add(when + method + " " + path);
      if (last.size() > LAST) {
        last.poll();
      }
    }
    CrashPoints points = acting;
    if (points == null || (method.equals("GET") && !points.dead())) {
      return;
    }
    try {
      points.reach(when + method.toUpperCase(Locale.ROOT) + " " + path);
    } catch (SimulatedCrash crash) {
      throw new IOException(crash);
    }
  }

  /** The plural of what a path names. */
  private static String kind(String path) {
    return path.replaceFirst(".*/namespaces/[^/]+/([^/?]+).*", "$1");
  }
}
