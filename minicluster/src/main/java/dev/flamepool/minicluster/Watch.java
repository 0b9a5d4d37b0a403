package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.minicluster.Resources.Target;
import dev.flamepool.minicluster.Store.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One watch: JSON lines on the thread that serves it, each flushed.
 *
 * @param since the revision after which changes are wanted; 0 begins with what exists, as ADDED
 * @param view what is sent of each object
 */
record Watch(
    Target target,
    Predicate<JsonNode> selector,
    long since,
    boolean bookmarks,
    Duration timeout,
    UnaryOperator<ObjectNode> view) {
  private static final long BOOKMARK_MILLIS = 30_000;

  /** A client that lags this many events behind is cut off, so that it lists again. */
  private static final int BACKLOG = 50_000;

  /** Serves until the timeout, a write fails or the thread is interrupted. */
  void serve(Store store, OutputStream out) throws IOException {
    BlockingQueue<Change> queue = new LinkedBlockingQueue<>();
    Consumer<Change> watcher =
        change -> {
          if (change.key().isIn(target.kind().resource(), target.namespace())) {
            queue.add(change);
          }
        };
    try {
      begin(store, watcher, out);
      follow(store, queue, out);
    } catch (ApiException e) {
      send(out, "ERROR", e.status());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      store.unwatch(watcher);
    }
  }

  private void begin(Store store, Consumer<Change> watcher, OutputStream out) throws IOException {
    List<ObjectNode> existing = List.of();
    synchronized (store) {
      if (since == 0) {
        existing = store.list(target.kind().resource(), target.namespace());
      }
      store.watch(since == 0 ? store.revision() : since, watcher);
    }
    for (ObjectNode object : existing) {
      if (selector.test(object)) {
        send(out, "ADDED", view.apply(object));
      }
    }
  }

  private void follow(Store store, BlockingQueue<Change> queue, OutputStream out)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    long left = timeout.toMillis();
    while (left > 0 && queue.size() < BACKLOG) {
      Change change = queue.poll(Math.min(left, BOOKMARK_MILLIS), TimeUnit.MILLISECONDS);
      if (change != null) {
        send(change, out);
      } else if (bookmarks) {
        bookmark(store, queue, out);
      }
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  private void send(Change change, OutputStream out) throws IOException {
    ObjectNode before = change.before();
    ObjectNode after = change.after();
    boolean was = before != null && selector.test(before);
    boolean is = after != null && selector.test(after);
    if (is) {
      send(out, was ? "MODIFIED" : "ADDED", view.apply(after));
    } else if (was) {
      ObjectNode last = before.deepCopy();
      Json.meta(last).put("resourceVersion", Long.toString(change.revision()));
      send(out, "DELETED", view.apply(last));
    }
  }

  private void bookmark(Store store, BlockingQueue<Change> queue, OutputStream out)
      throws IOException {
    long revision;
    synchronized (store) {
      if (!queue.isEmpty()) {
        return;
      }
      revision = store.revision();
    }
    ObjectNode mark = Json.of("{metadata: {resourceVersion: %s}}", Long.toString(revision));
    send(out, "BOOKMARK", target.kind().label(mark));
  }

  private static void send(OutputStream out, String type, ObjectNode object) throws IOException {
    ObjectNode event = Json.object().put("type", type).set("object", object);
    out.write((Json.MAPPER.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
