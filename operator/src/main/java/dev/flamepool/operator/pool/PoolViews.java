package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.scaling.Demand;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a pool's reconcile reads beside the pool; may be served from caches. That they lag behind is
 * harmless once they have had what an earlier leader left ({@link FirstLook}): names are unique,
 * and every write of what was read carries its resourceVersion.
 */
public interface PoolViews {
  /** All FlameRunners of a namespace that name the pool, whoever made them. */
  List<FlameRunner> runners(String namespace, String pool);

  /** What the pool's callers need. */
  Demand demand(String namespace, String pool, Instant now);

  /** Whether the pool is to be looked at for every word of its callers, or for news only. */
  default void attend(String namespace, String pool, boolean toAnything) {}

  /** A FlameBackend by name. */
  Optional<FlameBackend> backend(String namespace, String name);

  /** Something became known in the background: has the pool looked at again. */
  default void wake(String namespace, String pool) {}
}
