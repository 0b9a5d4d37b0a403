package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a pool's {@link RevisionLog} in ControllerRevisions that the pool owns. They are read once
 * in a process's life and written when something is learnt.
 *
 * <p>Others may be allowed to make such objects, and machines are made from what is in them. So one
 * counts only if the pool's status, which the operator alone writes, has its name, and its template
 * is what this name stands for.
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
              .filter(one -> isGenuine(one.known(), pool))
              .toList();
      memory.revisions = stored;
    }
    return stored.stream().map(StoredRevision::known).toList();
  }

  private static boolean isGenuine(KnownRevision known, FlamePool pool) {
    return pool.getStatus() != null
        && pool.getStatus().revisions() != null
        && pool.getStatus().revisions().stream().anyMatch(one -> one.name().equals(known.name()))
        && Revision.nameOf(known.revision().template()).equals(known.name());
  }

  /** Stores what changed, and drops what is kept no more. */
  void write(FlamePool pool, List<KnownRevision> known, PoolMemory memory) {
    List<StoredRevision> before = memory.revisions == null ? List.of() : memory.revisions;
    List<KnownRevision> kept = RevisionLog.kept(known);
    if (isStored(kept, before)) {
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

  private static boolean isStored(List<KnownRevision> kept, List<StoredRevision> before) {
    return kept.size() == before.size()
        && kept.stream()
            .allMatch(wanted -> before.stream().anyMatch(one -> one.known().isSame(wanted)));
  }

  private ControllerRevision stored(
      FlamePool pool, KnownRevision wanted, List<StoredRevision> before) {
    Optional<StoredRevision> old =
        before.stream().filter(one -> one.known().name().equals(wanted.name())).findFirst();
    if (old.isPresent() && old.get().known().isSame(wanted)) {
      return old.get().object();
    }
    if (old.isPresent() && old.get().isPatchable()) {
      return api.patchRevision(old.get().object(), StoredRevision.notes(wanted), wanted.number());
    }
    old.ifPresent(one -> api.delete(one.object()));
    return api.create(StoredRevision.object(pool, wanted))
        .orElseThrow(() -> new StaleException("ControllerRevision exists already", null));
  }
}
