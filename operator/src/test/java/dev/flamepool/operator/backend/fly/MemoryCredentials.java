package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Tenant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One token for everybody, and copies that outlive it. Thread-safe. */
final class MemoryCredentials implements CloudCredentials {
  final Map<Tenant, Map<String, String>> copies = new ConcurrentHashMap<>();
  private final Set<Tenant> worked = ConcurrentHashMap.newKeySet();

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
  public void keep(Tenant account, Map<String, String> values) {
    copies.put(account, values);
  }

  @Override
  public void worked(Tenant account, Map<String, String> values) {
    worked.add(account);
  }

  @Override
  public boolean haveWorked(Tenant account) {
    return worked.contains(account);
  }

  @Override
  public List<Map<String, String>> kept(Tenant account) {
    return Stream.ofNullable(copies.get(account)).toList();
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
