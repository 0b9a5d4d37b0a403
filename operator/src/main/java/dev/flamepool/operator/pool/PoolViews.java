package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameRunner;
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

  /** The pool's callers. */
  List<FlameCaller> callers(String namespace, String pool);

  /** A FlameBackend by name. */
  Optional<FlameBackend> backend(String namespace, String name);

  /** Something became known in the background: has the pool looked at again. */
  default void wake(String namespace, String pool) {}
}
