package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.Seal;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a pool's {@link RevisionLog} in ControllerRevisions that the pool owns. They are read once
 * in a process's life and written when something is learnt.
 *
 * <p>Others may be allowed to make such objects, and machines are made from what is in them. So one
 * counts only with the pool's seal.
 */
final class RevisionStore {
  private final ClusterApi api;
  private final Inventory inventory;
  private final Credentials credentials;

  RevisionStore(ClusterApi api, Inventory inventory, Credentials credentials) {
    this.api = api;
    this.inventory = inventory;
    this.credentials = credentials;
  }

  /** What is in store, in no order. */
  List<KnownRevision> read(FlamePool pool, PoolMemory memory) {
    List<StoredRevision> stored = memory.revisions;
    if (stored == null) {
      stored = owned(pool).stream().flatMap(object -> sealed(object, pool).stream()).toList();
      memory.revisions = stored;
    }
    return stored.stream().map(StoredRevision::known).toList();
  }

  /** A pool without a status has never had any. */
  private List<ControllerRevision> owned(FlamePool pool) {
    return pool.getStatus() == null ? List.of() : inventory.revisions(pool);
  }

  private Optional<StoredRevision> sealed(ControllerRevision object, FlamePool pool) {
    return StoredRevision.of(object, pool.getMetadata().getUid(), seal(pool));
  }

  private Seal seal(FlamePool pool) {
    return credentials.seal(pool.getMetadata().getUid());
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
    if (old.isPresent()) {
      return api.patchRevision(
          old.get().object(),
          StoredRevision.notes(pool.getMetadata().getUid(), wanted, seal(pool)),
          wanted.number());
    }
    ControllerRevision object = StoredRevision.object(pool, wanted, seal(pool));
    return api.create(object).or(() -> instead(pool, object)).orElseThrow(RevisionStore::taken);
  }

  /** Puts an object in the place of one that says it is this pool's and does not have its seal. */
  private Optional<ControllerRevision> instead(FlamePool pool, ControllerRevision object) {
    Optional<ControllerRevision> there =
        owned(pool).stream()
            .filter(one -> one.getMetadata().getName().equals(object.getMetadata().getName()))
            .filter(one -> sealed(one, pool).isEmpty())
            .findFirst();
    there.ifPresent(api::delete);
    return there.flatMap(gone -> api.create(object));
  }

  private static StaleException taken() {
    return new StaleException("a ControllerRevision of that name exists already", null);
  }
}
