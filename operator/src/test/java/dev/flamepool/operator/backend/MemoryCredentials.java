package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One Secret for everybody, and copies that outlive it. Thread-safe. */
public final class MemoryCredentials implements CloudCredentials {
  /** What is kept, by account. */
  public final Map<Tenant, Map<String, String>> copies = new ConcurrentHashMap<>();

  private final Set<Tenant> worked = ConcurrentHashMap.newKeySet();

  /** What tenants' Secrets hold; empty for no Secret. */
  public volatile Map<String, String> secret;

  /** A Secret with these values. */
  public MemoryCredentials(Map<String, String> values) {
    secret = values;
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
