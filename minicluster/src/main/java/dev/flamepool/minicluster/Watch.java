package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Target;
import dev.flamepool.minicluster.Store.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One watch: JSON lines on the thread that serves it, each flushed. */
record Watch(Store store, Request request, Target target, Predicate<JsonNode> selector) {
  private static final long LONGEST_SECONDS = 1800;
  private static final long BOOKMARK_MILLIS = 30_000;

  /** Serves until the timeout, a write fails or the thread is interrupted. */
  void serve(OutputStream out) throws IOException {
    BlockingQueue<Change> queue = new LinkedBlockingQueue<>();
    Consumer<Change> watcher =
        change -> {
          if (change.key().isIn(target.kind().resource(), target.namespace())) {
            queue.add(change);
          }
        };
    try {
      store.watch(request.number("resourceVersion"), watcher);
      follow(queue, out);
    } catch (ApiException e) {
      send(out, "ERROR", e.status());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      store.unwatch(watcher);
    }
  }

  private void follow(BlockingQueue<Change> queue, OutputStream out)
      throws IOException, InterruptedException {
    boolean bookmarks = request.is("allowWatchBookmarks") && !request.wantsTable();
    boolean first = true;
    long wanted = request.number("timeoutSeconds");
    long seconds = wanted > 0 ? wanted : LONGEST_SECONDS;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long left = TimeUnit.SECONDS.toMillis(seconds);
    while (left > 0) {
      // Read before the queue, so that all changes up to it were sent if the queue is empty.
      String revision = Long.toString(store.revision());
      Change change = queue.poll(Math.min(left, BOOKMARK_MILLIS), TimeUnit.MILLISECONDS);
      if (change != null) {
        first &= !send(change, first, out);
      } else if (bookmarks) {
        String mark = "{apiVersion: %s, kind: %s, metadata: {resourceVersion: %s}}";
        Kind kind = target.kind();
        send(out, "BOOKMARK", Json.of(mark, kind.apiVersion(), kind.kind(), revision));
      }
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  /** What the change is to one who sees only what is selected; false if it is nothing. */
  private boolean send(Change change, boolean first, OutputStream out) throws IOException {
    boolean was = change.before() != null && selector.test(change.before());
    boolean is = change.after() != null && selector.test(change.after());
    if (!was && !is) {
      return false;
    }
    ObjectNode seen = is ? change.after() : change.before().deepCopy();
    if (!is) {
      Json.meta(seen).put("resourceVersion", Long.toString(change.revision()));
    }
    String type = is ? (was ? "MODIFIED" : "ADDED") : "DELETED";
    send(out, type, Listing.view(request, target.kind(), seen, first));
    return true;
  }

  private static void send(OutputStream out, String type, ObjectNode object) throws IOException {
    ObjectNode event = Json.of("{type: %s}", type).set("object", object);
    out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
