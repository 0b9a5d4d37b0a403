package dev.flamepool.operator.pool;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.EnvVar;
import java.util.List;

/**
 * A place where this pool's runners can come from.
 *
 * @param entry one kind, FlameBackend merged in, no reference
 * @param env of the runners there: the FlameBackend's, the pool's own winning by name
 */
record Candidate(BackendEntry entry, List<EnvVar> env) {}
