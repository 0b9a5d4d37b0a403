package dev.flamepool.operator.scaling;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlameCallerSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The callers of all pools, and which are alive. As with Leases a caller expires by the reader's
 * own clock, counted from when its object was last <em>seen to change</em>, never by comparing a
 * written time. Thread-safe: informers fill it, passes read it.
 */
public final class LiveCallers {
  /** How long a caller counts after its object last changed. */
  public static final Duration EXPIRY = Duration.ofSeconds(30);

  private record Heard(FlameCaller object, CallerDemand demand) {}

  private final Map<String, Map<String, Heard>> byPool = new HashMap<>();
  private final Set<String> attentive = new HashSet<>();

  /** A caller's object as it is now; one that has not changed is no sign of life. */
  public synchronized void heard(FlameCaller caller, Instant now) {
    if (caller.getSpec() == null || caller.getMetadata().getDeletionTimestamp() != null) {
      gone(caller);
      return;
    }
    byPool
        .computeIfAbsent(pool(caller), key -> new HashMap<>())
        .merge(
            caller.getMetadata().getUid(),
            new Heard(caller, CallerDemand.of(caller.getSpec(), now)),
            (last, next) -> isSame(last.object(), caller) ? last : next);
  }

  private static boolean isSame(FlameCaller one, FlameCaller other) {
    return one.getMetadata().getResourceVersion().equals(other.getMetadata().getResourceVersion());
  }

  /** A caller's object is gone. */
  public synchronized void gone(FlameCaller caller) {
    if (caller.getSpec() != null) {
      byPool.computeIfPresent(
          pool(caller),
          (key, callers) -> {
            callers.remove(caller.getMetadata().getUid());
            return callers.isEmpty() ? null : callers;
          });
    }
  }

  /** What a pool's callers need now. */
  public synchronized Demand demand(String namespace, String pool, Instant now) {
    List<CallerDemand> live = new ArrayList<>();
    List<FlameCaller> expired = new ArrayList<>();
    for (Heard caller : byPool.getOrDefault(key(namespace, pool), Map.of()).values()) {
      if (now.isBefore(caller.demand().changed().plus(EXPIRY))) {
        live.add(caller.demand());
      } else {
        expired.add(caller.object());
      }
    }
    return new Demand(List.copyOf(live), List.copyOf(expired));
  }

  /**
   * Whether a pool is to be looked at for what a caller says, be it only that it goes on as before:
   * so it is where a caller's word is older than the end of an idle runner.
   */
  public synchronized void attend(String namespace, String pool, boolean toAnything) {
    if (toAnything) {
      attentive.add(key(namespace, pool));
    } else {
      attentive.remove(key(namespace, pool));
    }
  }

  /** Whether a caller's pool is to be looked at for a change of its object. */
  public boolean isNews(FlameCaller before, FlameCaller now) {
    return isAttentive(now) || !isRenewal(before.getSpec(), now.getSpec());
  }

  private synchronized boolean isAttentive(FlameCaller caller) {
    return caller.getSpec() != null && attentive.contains(pool(caller));
  }

  private static boolean isRenewal(FlameCallerSpec before, FlameCallerSpec now) {
    return Objects.equals(before.pool(), now.pool())
        && Objects.equals(before.codeVersion(), now.codeVersion())
        && Objects.equals(before.inFlight(), now.inFlight())
        && Objects.equals(before.queued(), now.queued());
  }

  private static String pool(FlameCaller caller) {
    return key(caller.getMetadata().getNamespace(), caller.getSpec().pool());
  }

  private static String key(String namespace, String pool) {
    return namespace + "/" + pool;
  }
}
