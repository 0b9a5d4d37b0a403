package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.cluster.ClusterApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of pools. When this process begins to act all of it is read at once, because a
 * list for each pool is a search through the objects of all pools. Whoever has had what was read
 * then gets it fresh from the server the next time. Thread-safe; the first who asks keeps the
 * others waiting.
 */
final class Inventory {
  private record AtStart(
      Map<String, Map<String, String>> versions, Map<String, List<ControllerRevision>> revisions) {}

  private final ClusterApi api;
  private @Nullable AtStart atStart;

  Inventory(ClusterApi api) {
    this.api = api;
  }

  /**
   * The resourceVersions, by uid, of a pool and of all runners that name it; without the pool's own
   * when it is not there any more.
   */
  Map<String, String> versions(FlamePool pool) {
    return Optional.ofNullable(atStart().versions().remove(key(pool, name(pool))))
        .orElseGet(() -> versionsNow(pool));
  }

  /** The ControllerRevisions that a pool owns. */
  List<ControllerRevision> revisions(FlamePool pool) {
    String uid = pool.getMetadata().getUid();
    return Optional.ofNullable(atStart().revisions().remove(uid))
        .orElseGet(
            () ->
                api.controllerRevisions(pool.getMetadata().getNamespace(), name(pool)).stream()
                    .filter(revision -> owners(revision).anyMatch(uid::equals))
                    .toList());
  }

  /** What was read of a pool at the start is of no use any more. */
  synchronized void forget(FlamePool pool) {
    if (atStart != null) {
      atStart.versions().remove(key(pool, name(pool)));
      atStart.revisions().remove(pool.getMetadata().getUid());
    }
  }

  private synchronized AtStart atStart() {
    if (atStart == null) {
      Map<String, Map<String, String>> versions = new ConcurrentHashMap<>();
      Map<String, List<ControllerRevision>> revisions = new ConcurrentHashMap<>();
      api.forEachRunner(runner -> put(versions, key(runner, runner.getSpec().pool()), runner));
      api.forEachRevision(
          revision ->
              owners(revision)
                  .forEach(
                      uid -> revisions.computeIfAbsent(uid, u -> new ArrayList<>()).add(revision)));
      api.forEachPool(
          pool -> {
            put(versions, key(pool, name(pool)), pool);
            revisions.computeIfAbsent(pool.getMetadata().getUid(), uid -> List.of());
          });
      atStart = new AtStart(versions, revisions);
    }
    return atStart;
  }

  private Map<String, String> versionsNow(FlamePool pool) {
    String namespace = pool.getMetadata().getNamespace();
    Map<String, String> versions = new HashMap<>();
    api.pool(namespace, name(pool)).ifPresent(now -> put(versions, now));
    api.runners(namespace, name(pool)).forEach(runner -> put(versions, runner));
    return versions;
  }

  private static void put(Map<String, Map<String, String>> all, String pool, HasMetadata object) {
    put(all.computeIfAbsent(pool, key -> new HashMap<>()), object);
  }

  private static void put(Map<String, String> versions, HasMetadata object) {
    versions.put(object.getMetadata().getUid(), object.getMetadata().getResourceVersion());
  }

  private static Stream<String> owners(ControllerRevision revision) {
    return revision.getMetadata().getOwnerReferences().stream().map(OwnerReference::getUid);
  }

  private static String key(HasMetadata object, String pool) {
    return object.getMetadata().getNamespace() + "/" + pool;
  }

  private static String name(FlamePool pool) {
    return pool.getMetadata().getName();
  }
}
