package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import java.util.Optional;

/**
 * What it takes to reach a machine: whose it is, where it was asked for, and what it is called
 * there.
 *
 * @param key whose it is
 * @param entry the runner's resolved backend entry; of a machine that only a listing knows, what
 *     that listing needed
 * @param id the backend's own id once it is known; a hint, never needed
 */
public record MachineRef(MachineKey key, BackendEntry entry, Optional<String> id) {
  /** A machine whose id is not known. */
  public static MachineRef of(MachineKey key, BackendEntry entry) {
    return new MachineRef(key, entry, Optional.empty());
  }

  /** Who uses the backend for it. */
  public Tenant tenant() {
    return new Tenant(key.namespace(), entry);
  }

  /** Without the entry: it is long. */
  @Override
  public String toString() {
    return "MachineRef[" + key + ", id=" + id.orElse("unknown") + "]";
  }
}
