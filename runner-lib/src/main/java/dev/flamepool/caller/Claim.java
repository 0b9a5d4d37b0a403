package dev.flamepool.caller;

import dev.flamepool.CallOptions;
import dev.flamepool.Placed;
import dev.flamepool.RunnerLostException;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all handles of one kept object share: while one of them can be reached, the object stays.
 * Only handles may refer to it. Once the last is garbage, the object is let go.
 */
final class Claim {
  private static final Logger LOG = LoggerFactory.getLogger(Placed.class);
  private static final Cleaner CLEANER = Cleaner.create();

  final Hold hold;
  final int object;
  private final LetGo letGo;
  private final Cleaner.Cleanable dropped;

  /** The hold knows them weakly: they may refer to the handle. */
  private final List<Consumer<RunnerLostException>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Creates one.
   *
   * @param site what made the object
   * @param options of closing it, if nobody does
   */
  Claim(Hold hold, int object, String pool, String site, CallOptions options) {
    this.hold = hold;
    this.object = object;
    this.letGo = new LetGo(hold, object, pool, site, options);
    this.dropped = CLEANER.register(this, letGo);
  }

  /** What happens when no handle is left. */
  private static final class LetGo implements Runnable {
    private final Hold hold;
    private final int object;
    private final String pool;
    private final String site;
    private final CallOptions options;
    final AtomicBoolean closed = new AtomicBoolean();

    LetGo(Hold hold, int object, String pool, String site, CallOptions options) {
      this.hold = hold;
      this.object = object;
      this.pool = pool;
      this.site = site;
      this.options = options;
    }

    @Override
    public void run() {
      if (closed.compareAndSet(false, true) && !hold.isOver()) {
        LOG.warn(
            "An object of pool {}, made in {}, was dropped without close(), so it is closed now;"
                + " until then it held a place on runner {}",
            pool,
            site,
            hold.runner());
        hold.releaseLater(object, options);
      }
    }
  }

  boolean isClosed() {
    return letGo.closed.get();
  }

  /** False if it was closed before. */
  boolean close() {
    boolean first = letGo.closed.compareAndSet(false, true);
    dropped.clean(); // only to be forgotten
    return first;
  }

  void onLost(Consumer<RunnerLostException> listener) {
    listeners.add(listener);
    hold.onLost(listener);
  }
}
