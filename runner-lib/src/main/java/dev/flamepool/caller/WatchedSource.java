package dev.flamepool.caller;

import dev.flamepool.PoolListener;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source whose news listeners hear too, on a thread of their own. */
final class WatchedSource implements PoolSource {
  private static final Logger LOG = LoggerFactory.getLogger(PoolListener.class);

  private final String pool;
  private final PoolSource source;
  private final List<PoolListener> listeners;
  private final Growth growth = new Growth();
  private final ThreadPoolExecutor thread;

  private WatchedSource(String pool, PoolSource source, List<PoolListener> listeners) {
    this.pool = pool;
    this.source = source;
    this.listeners = listeners;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread t = new Thread(task, "flame-listeners");
              t.setDaemon(true);
              return t;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    thread.allowCoreThreadTimeOut(true);
  }

  /** The source itself if nobody listens. */
  static PoolSource of(String pool, PoolSource source, List<PoolListener> listeners) {
    return listeners.isEmpty() ? source : new WatchedSource(pool, source, listeners);
  }

  @Override
  public boolean tellsFailures() {
    return source.tellsFailures();
  }

  @Override
  public void start(Listener listener) {
    source.start(
        news -> {
          listener.changed(news);
          for (Consumer<PoolListener> change : growth.next(pool, news.view())) {
            thread.execute(() -> tell(change));
          }
        });
  }

  private void tell(Consumer<PoolListener> change) {
    for (PoolListener listener : listeners) {
      try {
        change.accept(listener);
      } catch (RuntimeException e) {
        LOG.warn("{} failed for pool {}", listener.getClass().getName(), pool, e);
      }
    }
  }

  @Override
  public void demand(Demand demand) {
    source.demand(demand);
  }

  @Override
  public void noDemand() {
    source.noDemand();
  }

  @Override
  public void identityRefused() {
    source.identityRefused();
  }

  @Override
  public void close() {
    source.close();
    thread.shutdown();
  }
}
