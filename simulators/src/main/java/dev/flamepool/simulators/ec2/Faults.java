package dev.flamepool.simulators.ec2;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is to go wrong. A call meets the first fault that is set for its operation; operations have
 * the names of {@link Served#operation}, {@code *} is any. Faults, capacity and quotas set here are
 * gone after a restart of the simulator; what they did to instances is not. Thread-safe.
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

  private record Offering(String type, String zone) implements Comparable<Offering> {
    @Override
    public int compareTo(Offering other) {
      int byType = type.compareTo(other.type);
      return byType != 0 ? byType : zone.compareTo(other.zone);
    }
  }

  private final Cloud cloud;
  private final List<Fault> faults = new ArrayList<>();
  private final Map<Offering, Integer> capacity = new TreeMap<>();
  private int vcpuQuota;
  private int spotQuota;

  Faults(Cloud cloud, Ec2Options options) {
    this.cloud = cloud;
    vcpuQuota = options.vcpuQuota();
    spotQuota = options.spotQuota();
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
    faults.add(new Fault(operation, skip, times, effect));
    return this;
  }

  /**
   * At most that many instances of a type live in a zone; what is there stays. {@code *} is every
   * type, or every zone, of which nothing else is said.
   */
  public synchronized Faults capacity(String type, String zone, int instances) {
    capacity.put(new Offering(type, zone), instances);
    return this;
  }

  /** On-demand instances have at most that many vCPUs together. */
  public synchronized Faults vcpuQuota(int vcpus) {
    vcpuQuota = vcpus;
    return this;
  }

  /** Spot instances have at most that many vCPUs together. */
  public synchronized Faults spotQuota(int vcpus) {
    spotQuota = vcpus;
    return this;
  }

  /** An instance is not stuck any more. */
  public Faults release(String instanceId) {
    cloud.release(instanceId);
    return this;
  }

  /** An instance gets its spot interruption notice, and is terminated after that time. */
  public Faults interrupt(String instanceId, Duration notice) {
    cloud.interrupt(instanceId, notice);
    return this;
  }

  /** Nothing goes wrong with further calls; instances and quotas stay as they are. */
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

  synchronized int capacity(String type, String zone) {
    for (Offering offering :
        List.of(
            new Offering(type, zone),
            new Offering(type, "*"),
            new Offering("*", zone),
            new Offering("*", "*"))) {
      Integer limit = capacity.get(offering);
      if (limit != null) {
        return limit;
      }
    }
    return Integer.MAX_VALUE;
  }

  synchronized int quota(boolean spot) {
    return spot ? spotQuota : vcpuQuota;
  }
}
