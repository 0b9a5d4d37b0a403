package dev.flamepool.caller;

import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The pool's runners as this process uses them. Choosing takes no lock. */
final class Runners implements Connections.Peers {
  /** The others a runner has to do with. */
  interface Owner extends Connections.Peers {
    /** A place became free, or a runner may take calls again. */
    void released();

    /**
     * A full runner lets so many calls of this process in now.
     *
     * @return how many of them are not needed
     */
    int granted(RunnerLink link, int places);

    void identityRefused();

    /** Whether running calls are to be given up because this process closes. */
    boolean isCutOff();

    boolean hasWaitedEnough(Call call);
  }

  private final Wiring wiring;
  private final Owner owner;
  private final Map<String, RunnerLink> links = new ConcurrentHashMap<>();
  private volatile List<RunnerLink> ready = List.of();
  private volatile int preferred;

  Runners(Wiring wiring, Owner owner) {
    this.wiring = wiring;
    this.owner = owner;
  }

  /** Takes over which runners are ready; those that no longer are get no new calls. */
  synchronized void update(List<PoolView.Endpoint> endpoints, int desired) {
    Set<String> uids = new HashSet<>();
    List<RunnerLink> now = new ArrayList<>();
    for (PoolView.Endpoint endpoint : endpoints) {
      uids.add(endpoint.uid());
      now.add(links.computeIfAbsent(endpoint.uid(), uid -> new RunnerLink(endpoint, wiring, this)));
    }
    preferred = desired;
    ready = List.copyOf(now);
    for (RunnerLink link : links.values()) {
      if (!uids.contains(link.endpoint().uid())) {
        link.withdraw();
      }
    }
    links.values().removeIf(RunnerLink::isClosed);
  }

  /** Chooses a runner and takes a place there, null if none has room. */
  @Nullable RunnerLink take() {
    while (true) {
      RunnerLink link = RunnerChoice.choose(ready, preferred, ThreadLocalRandom.current());
      if (link == null || link.tryTake()) {
        return link;
      }
    }
  }

  /** Whether another would take a call now, as far as is known. */
  boolean hasRoomBeside(RunnerLink busy) {
    for (RunnerLink link : ready) {
      if (link != busy && link.hasRoom()) {
        return true;
      }
    }
    return false;
  }

  /** So many calls wait for a place anywhere. Does not block. */
  void want(int calls) {
    for (RunnerLink link : ready) {
      link.want(calls);
    }
  }

  int granted(RunnerLink link, int places) {
    return owner.granted(link, places);
  }

  /** This process's calls on all of them. */
  int running() {
    int sum = 0;
    for (RunnerLink link : links.values()) {
      sum += link.taken();
    }
    return sum;
  }

  /** Processes that use the same runners, this one included, as far as is known. */
  int callers() {
    int most = 1;
    for (RunnerLink link : ready) {
      most = Math.max(most, link.callers());
    }
    return most;
  }

  /** Whether calls of other processes wait for any of them. */
  boolean isContended() {
    for (RunnerLink link : ready) {
      if (link.isContended()) {
        return true;
      }
    }
    return false;
  }

  /** When one that is avoided may be tried again after then. */
  long nextTry(long now) {
    long next = Ticks.NEVER;
    for (RunnerLink link : ready) {
      next = Math.min(next, link.nextTry(now));
    }
    return next;
  }

  boolean isConnected() {
    return links.values().stream().anyMatch(RunnerLink::isConnected);
  }

  void closeIdle(long now) {
    links.values().forEach(link -> link.closeIdle(now));
    links.values().removeIf(RunnerLink::isClosed);
  }

  /** What keeps calls from runners that are in the endpoints, a line each. */
  String troubles() {
    StringBuilder text = new StringBuilder();
    for (RunnerLink link : ready) {
      String trouble = link.trouble();
      if (trouble != null) {
        text.append("\n  ").append(link.runner()).append(": ").append(trouble);
      }
    }
    return text.toString();
  }

  void cutOff() {
    links.values().forEach(RunnerLink::cutOff);
  }

  @Override
  public Hello hello() {
    return owner.hello();
  }

  @Override
  public @Nullable Identity identity() {
    return owner.identity();
  }

  void released() {
    owner.released();
  }

  void identityRefused() {
    owner.identityRefused();
  }

  boolean isCutOff() {
    return owner.isCutOff();
  }

  boolean hasWaitedEnough(Call call) {
    return owner.hasWaitedEnough(call);
  }
}
