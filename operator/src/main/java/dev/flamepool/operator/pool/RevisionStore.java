package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a pool's {@link RevisionLog} in ControllerRevisions that the pool owns. Nobody else writes
 * them, so they are read once in a process's life and written when something is learnt.
 */
final class RevisionStore {
  private final ClusterApi api;

  RevisionStore(ClusterApi api) {
    this.api = api;
  }

  /** What is in store, in no order. */
  List<KnownRevision> read(FlamePool pool, PoolMemory memory) {
    List<StoredRevision> stored = memory.revisions;
    if (stored == null) {
      String uid = pool.getMetadata().getUid();
      stored =
          api
              .controllerRevisions(pool.getMetadata().getNamespace(), pool.getMetadata().getName())
              .stream()
              .filter(
                  object ->
                      object.getMetadata().getOwnerReferences().stream()
                          .anyMatch(owner -> owner.getUid().equals(uid)))
              .map(StoredRevision::of)
              .flatMap(Optional::stream)
              .toList();
      memory.revisions = stored;
    }
    return stored.stream().map(StoredRevision::known).toList();
  }

  /** Stores what changed, and drops what is kept no more. */
  void write(FlamePool pool, List<KnownRevision> known, PoolMemory memory) {
    List<StoredRevision> before = memory.revisions == null ? List.of() : memory.revisions;
    List<KnownRevision> kept = RevisionLog.kept(known);
    if (before.stream().map(StoredRevision::known).toList().equals(kept)) {
      return;
    }
    memory.revisions = null; // unless all of it succeeds
    List<StoredRevision> now = new ArrayList<>();
    try {
      for (KnownRevision one : kept) {
        now.add(new StoredRevision(one, stored(pool, one, before)));
      }
      for (StoredRevision one : before) {
        if (RevisionLog.find(kept, one.known().name()).isEmpty()) {
          api.delete(one.object());
        }
      }
      memory.revisions = List.copyOf(now);
    } catch (StaleException e) {
      // somebody else's hand: read again in the next pass
    }
  }

  private ControllerRevision stored(
      FlamePool pool, KnownRevision wanted, List<StoredRevision> before) {
    Optional<StoredRevision> old =
        before.stream().filter(one -> one.known().name().equals(wanted.name())).findFirst();
    ControllerRevision object = StoredRevision.object(pool, wanted);
    if (old.isEmpty()) {
      return api.create(object)
          .orElseThrow(() -> new StaleException("ControllerRevision exists already", null));
    }
    return old.get().known().equals(wanted)
        ? old.get().object()
        : api.patchRevision(old.get().object(), StoredRevision.notes(wanted), wanted.number());
  }
}
