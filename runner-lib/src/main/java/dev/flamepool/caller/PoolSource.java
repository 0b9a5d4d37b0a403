package dev.flamepool.caller;

import dev.flamepool.wire.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Where a caller learns of one pool, and where it leaves its demand: the cluster in production, a
 * hand in tests. No method blocks or throws; what goes wrong is retried inside and told in {@link
 * News#trouble}.
 */
public interface PoolSource extends AutoCloseable {
  /** Who is told. */
  @FunctionalInterface
  interface Listener {
    /** Something changed. Called by one thread at a time. */
    void changed(News news);
  }

  /**
   * All that is known of the pool.
   *
   * @param view its status
   * @param identity what this process shows to runners, null if it could not be read yet
   * @param trouble what keeps the source from knowing more, and what to do; for people
   */
  record News(PoolView view, @Nullable Identity identity, @Nullable String trouble) {}

  /** Whether it is told why runners failed, a moment after they did. */
  default boolean tellsFailures() {
    return false;
  }

  /** Starts to watch; the first news may come at once. Called once. */
  void start(Listener listener);

  /** Writes this level of demand, and the last one if several wait to be written. */
  void demand(Demand demand);

  /** Takes the demand back. */
  void noDemand();

  /** A runner did not accept the identity: reads it again. */
  void identityRefused();

  /** Takes the demand back and stops to watch. Blocks for at most a few seconds. */
  @Override
  void close();
}
