package dev.flamepool.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process has written itself, until caches show it. A pass that is made from a version
 * that this process has replaced would be made twice: its first write is refused as too late.
 * Thread-safe.
 */
final class RecentWrites {
  /** No cache lags behind by more writes of one object than a pass makes, or it is read again. */
  private static final int REPLACED = 8;

  private record Written(List<String> replaced, HasMetadata newest) {}

  /** More than are written to while their end is heard of. */
  private static final int REMEMBERED = 1_000;

  private final Map<String, Written> byUid = new ConcurrentHashMap<>();

  /** Uids of the last objects that ended: a write may be answered after that was heard. */
  private final Map<String, Boolean> ended =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });

  /** An object as a cache has it, or as this process has written it since. */
  @SuppressWarnings("unchecked")
  <T extends HasMetadata> T newest(T cached) {
    Written now = byUid.computeIfPresent(uid(cached), (uid, written) -> seen(written, cached));
    return now != null && now.replaced().contains(version(cached)) ? (T) now.newest() : cached;
  }

  /** A cache that is in step has the same object; keeping another would be keeping it twice. */
  private static @Nullable Written seen(Written written, HasMetadata cached) {
    if (written.replaced().contains(version(cached))) {
      return written;
    }
    return version(cached).equals(version(written.newest()))
        ? new Written(written.replaced(), cached)
        : null; // somebody else's write
  }

  /** One version is replaced by another. */
  void wrote(HasMetadata before, HasMetadata after) {
    byUid.compute(
        uid(before),
        (uid, last) -> {
          if (ended.containsKey(uid)) {
            return null;
          }
          List<String> replaced = new ArrayList<>(last == null ? List.of() : last.replaced());
          replaced.add(version(before));
          int first = Math.max(0, replaced.size() - REPLACED);
          return new Written(List.copyOf(replaced.subList(first, replaced.size())), after);
        });
  }

  /** What this process wrote last, if a cache has shown nobody else's write since. */
  Optional<HasMetadata> written(String uid) {
    return Optional.ofNullable(byUid.get(uid)).map(Written::newest);
  }

  /** An object is gone for ever. */
  void forget(HasMetadata object) {
    ended.put(uid(object), true);
    byUid.remove(uid(object));
  }

  private static String uid(HasMetadata object) {
    return object.getMetadata().getUid();
  }

  private static String version(HasMetadata object) {
    return object.getMetadata().getResourceVersion();
  }
}
