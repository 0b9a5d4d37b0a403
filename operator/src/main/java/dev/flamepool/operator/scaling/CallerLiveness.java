package dev.flamepool.operator.scaling;

import dev.flamepool.api.FlameCaller;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which callers of one pool are alive. As with Leases a caller expires by the reader's own clock,
 * counted from when its object was last <em>seen to change</em>, never by comparing a written time
 * (DESIGN section 2, "FlameCaller").
 *
 * <p>Not thread-safe: a pool has one, and its reconciles follow each other.
 */
public final class CallerLiveness {
  /** How long a caller counts after its object last changed. */
  public static final Duration EXPIRY = Duration.ofSeconds(30);

  private record Seen(String resourceVersion, Instant at) {}

  private final Map<String, Seen> seen = new HashMap<>();

  /**
   * What the callers need now.
   *
   * @param callers all FlameCallers of the pool that exist
   */
  public Demand observe(List<FlameCaller> callers, Instant now) {
    Map<String, Seen> present = new HashMap<>();
    List<CallerDemand> live = new ArrayList<>();
    List<FlameCaller> expired = new ArrayList<>();
    for (FlameCaller caller : callers) {
      if (caller.getMetadata().getDeletionTimestamp() != null || caller.getSpec() == null) {
        continue;
      }
      String uid = caller.getMetadata().getUid();
      String version = caller.getMetadata().getResourceVersion();
      Seen last = seen.get(uid);
      Seen current =
          last != null && last.resourceVersion().equals(version) ? last : new Seen(version, now);
      present.put(uid, current);
      if (now.isBefore(current.at().plus(EXPIRY))) {
        live.add(CallerDemand.of(caller.getSpec(), current.at()));
      } else {
        expired.add(caller);
      }
    }
    seen.clear();
    seen.putAll(present);
    return new Demand(List.copyOf(live), List.copyOf(expired));
  }
}
