package dev.flamepool.caller;

import dev.flamepool.PoolState;
import dev.flamepool.wire.Identity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A pool whose status a test writes by hand, and which remembers the demand it was told. */
final class ManualSource implements PoolSource {
  final List<Demand> demands = new CopyOnWriteArrayList<>();
  final AtomicBoolean closed = new AtomicBoolean();
  final AtomicInteger refused = new AtomicInteger();
  boolean tellsFailures;
  private Identity identity;
  private Listener listener;
  private PoolView view = PoolView.UNKNOWN;

  ManualSource(Identity identity) {
    this.identity = identity;
  }

  synchronized Identity identity() {
    return identity;
  }

  /** The caller's certificate is another from now on. */
  synchronized void rotate(Identity next) {
    identity = next;
    show(view);
  }

  static PoolView view(
      PoolView.Presence presence,
      boolean suspended,
      List<PoolView.Endpoint> endpoints,
      PoolState.Condition... conditions) {
    return new PoolView(
        presence,
        suspended,
        endpoints.size(),
        endpoints,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        0,
        List.of(conditions),
        List.of());
  }

  synchronized void ready(List<PoolView.Endpoint> endpoints) {
    show(view(PoolView.Presence.PRESENT, false, endpoints));
  }

  synchronized void show(PoolView now) {
    view = now;
    if (listener != null) {
      listener.changed(new News(view, identity, null));
    }
  }

  @Override
  public boolean tellsFailures() {
    return tellsFailures;
  }

  @Override
  public synchronized void start(Listener toTell) {
    listener = toTell;
    show(view);
  }

  @Override
  public void demand(Demand demand) {
    demands.add(demand);
  }

  @Override
  public void noDemand() {}

  @Override
  public void identityRefused() {
    refused.incrementAndGet();
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
