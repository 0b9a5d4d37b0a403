package dev.flamepool.bench;

import dev.flamepool.caller.Demand;
import dev.flamepool.caller.PoolSource;
import dev.flamepool.caller.PoolView;
import dev.flamepool.wire.Identity;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool whose status the bench writes, so that no cluster is needed. All else of the call path is
 * the real one.
 */
final class HandFedPool implements PoolSource {
  private final Identity identity;
  private List<PoolView.Endpoint> endpoints = List.of();
  private @Nullable Listener listener;

  HandFedPool(Identity identity) {
    this.identity = identity;
  }

  /** These are the ready runners now. */
  synchronized void ready(List<PoolView.Endpoint> now) {
    endpoints = List.copyOf(now);
    tell();
  }

  @Override
  public synchronized void start(Listener toTell) {
    listener = toTell;
    tell();
  }

  private void tell() {
    if (listener != null) {
      PoolView view =
          new PoolView(
              PoolView.Presence.PRESENT,
              false,
              endpoints.size(),
              endpoints,
              Duration.ofSeconds(30),
              Duration.ofSeconds(60),
              0,
              List.of(),
              List.of());
      listener.changed(new News(view, identity, null));
    }
  }

  @Override
  public void demand(Demand demand) {}

  @Override
  public void noDemand() {}

  @Override
  public void identityRefused() {}

  @Override
  public void close() {}
}
