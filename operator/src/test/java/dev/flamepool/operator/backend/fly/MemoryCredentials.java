package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Tenant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One token for everybody, and copies that outlive it. Thread-safe. */
final class MemoryCredentials implements CloudCredentials {
  final Map<Tenant, Map<String, String>> copies = new ConcurrentHashMap<>();

  /** What tenants' Secrets hold; empty for no Secret. */
  volatile Map<String, String> secret;

  MemoryCredentials(String token) {
    secret = Map.of("token", token);
  }

  @Override
  public Map<String, String> open(Tenant account, String name, Collection<String> keys) {
    Map<String, String> now = secret;
    if (!now.isEmpty()) {
      copies.put(account, now);
    }
    return now;
  }

  @Override
  public Optional<Map<String, String>> kept(Tenant account) {
    return Optional.ofNullable(copies.get(account));
  }

  @Override
  public List<Tenant> accounts(BackendKind kind) {
    return List.copyOf(copies.keySet());
  }

  @Override
  public void forget(Tenant account) {
    copies.remove(account);
  }
}
