package dev.flamepool.simulators.fly;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is to go wrong. A call meets the first fault that is set for its operation; operations have
 * the names of Fly's OpenAPI document, such as {@code Machines_create}, {@code *} is any. Faults
 * are gone after a restart of the simulator; what they did to machines is not. Thread-safe.
 */
public final class Faults {
  private static final class Fault {
    final String operation;
    final Effect effect;
    int skip;
    int times;

    Fault(String operation, int skip, int times, Effect effect) {
      this.operation = operation;
      this.skip = skip;
      this.times = times;
      this.effect = effect;
    }
  }

  private final Cloud cloud;
  private final List<Fault> faults = new ArrayList<>();
  private final Map<String, Integer> capacity = new TreeMap<>();

  Faults(Cloud cloud) {
    this.cloud = cloud;
  }

  /** The next calls of an operation meet an effect, that many of them. */
  public Faults next(String operation, int times, Effect effect) {
    return after(operation, 0, times, effect);
  }

  /** The next call of an operation meets an effect. */
  public Faults next(String operation, Effect effect) {
    return after(operation, 0, 1, effect);
  }

  /**
   * As {@link #next}, once as many calls of the operation as are to be skipped have been served.
   */
  public synchronized Faults after(String operation, int skip, int times, Effect effect) {
    if (effect instanceof Effect.Refuse refuse) {
      FlyError.recorded(refuse.name());
    }
    faults.add(new Fault(operation, skip, times, effect));
    return this;
  }

  /** At most that many machines live in a region; what is there stays. */
  public synchronized Faults capacity(String region, int machines) {
    capacity.put(region, machines);
    return this;
  }

  /** A machine's host stops answering: its process stands still, its config is not known. */
  public Faults hostUnreachable(String machineId) {
    cloud.host(machineId, false);
    return this;
  }

  /** A machine's host answers again. */
  public Faults hostReachable(String machineId) {
    cloud.host(machineId, true);
    return this;
  }

  /** A machine is not stuck any more. */
  public Faults release(String machineId) {
    cloud.release(machineId);
    return this;
  }

  /** Nothing goes wrong with further calls; machines stay as they are. */
  public synchronized Faults clear() {
    faults.clear();
    capacity.clear();
    return this;
  }

  /** Faults set and not met yet, counting each time of each. */
  public synchronized int pending() {
    return faults.stream().mapToInt(fault -> fault.times).sum();
  }

  synchronized Optional<Effect> take(String operation) {
    Iterator<Fault> all = faults.iterator();
    Optional<Effect> taken = Optional.empty();
    while (all.hasNext()) {
      Fault fault = all.next();
      if (!fault.operation.equals("*") && !fault.operation.equals(operation)) {
        continue;
      }
      if (fault.skip > 0) {
        fault.skip--;
      } else if (taken.isEmpty()) {
        taken = Optional.of(fault.effect);
        if (--fault.times == 0) {
          all.remove();
        }
      }
    }
    return taken;
  }

  synchronized boolean hasRoom(String region, long live) {
    return live < capacity.getOrDefault(region, Integer.MAX_VALUE);
  }
}
