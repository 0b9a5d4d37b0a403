package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;

/**
 * Who uses a backend, and how: a runner's namespace and backend entry. Credentials are a tenant's.
 *
 * @param namespace of the pool
 * @param entry one kind, FlameBackend merged in
 */
public record Tenant(String namespace, BackendEntry entry) {}
