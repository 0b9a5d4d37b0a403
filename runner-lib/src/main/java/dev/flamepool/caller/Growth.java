package dev.flamepool.caller;

import dev.flamepool.PoolListener;
import dev.flamepool.PoolState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What became of a pool's runners from one view of it to the next. Pure; not thread-safe. */
final class Growth {
  private PoolView last = PoolView.UNKNOWN;
  private boolean known;
  private int booting;

  /** What listeners are told of that change, in order. */
  List<Consumer<PoolListener>> next(String pool, PoolView view) {
    if (view.presence() == PoolView.Presence.UNKNOWN) {
      return List.of();
    }
    List<PoolView.Endpoint> came = beside(view.endpoints(), last.endpoints());
    List<PoolView.Endpoint> went = beside(last.endpoints(), view.endpoints());
    List<PoolState.Failure> failed = new ArrayList<>(view.failures());
    last.failures().forEach(failed::remove);
    List<Consumer<PoolListener>> told = new ArrayList<>();
    if (known) {
      int runners = view.endpoints().size();
      for (PoolView.Endpoint endpoint : went) {
        told.add(listener -> listener.onShrink(pool, endpoint.runner(), runners));
      }
      failed.removeIf(failure -> went.stream().anyMatch(e -> e.runner().equals(failure.runner())));
      int ended = came.size() + failed.size();
      int started = Math.max(0, view.booting() - booting + ended);
      for (int i = 0; i < started; i++) {
        int with = last.endpoints().size() - went.size() + booting + i + 1;
        told.add(listener -> listener.onGrowStart(pool, with));
      }
      for (PoolState.Failure failure : failed) {
        told.add(listener -> listener.onGrowEnd(pool, failure.runner(), failure, runners));
      }
      for (PoolView.Endpoint endpoint : came) {
        told.add(listener -> listener.onGrowEnd(pool, endpoint.runner(), null, runners));
      }
    }
    known = true;
    booting = view.booting();
    last = view;
    return told;
  }

  private static List<PoolView.Endpoint> beside(
      List<PoolView.Endpoint> all, List<PoolView.Endpoint> known) {
    Set<String> uids = new HashSet<>();
    known.forEach(endpoint -> uids.add(endpoint.uid()));
    return all.stream().filter(endpoint -> !uids.contains(endpoint.uid())).toList();
  }
}
