package dev.flamepool.operator.backend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a cloud's API remembers of the machines of a {@link ScriptedCloud}: also those that are
 * gone, and those that end by themselves go by themselves. Thread-safe.
 *
 * @param <T> what the API keeps beside it
 */
final class Ledger<T> {
  /**
   * One machine that was made.
   *
   * @param id in the API's form
   */
  record Entry<T>(String id, MachineKey key, T detail) {}

  private final ScriptedCloud cloud;
  private final UnaryOperator<String> naming;
  private final Map<String, Entry<T>> entries = new LinkedHashMap<>();
  private final Map<String, Optional<Machine>> dead = new HashMap<>();

  /**
   * An empty one.
   *
   * @param naming the API's id of a machine from the cloud's
   */
  Ledger(ScriptedCloud cloud, UnaryOperator<String> naming) {
    this.cloud = cloud;
    this.naming = naming;
    cloud.onChange(uid -> reap());
  }

  synchronized Entry<T> add(Machine machine, T detail) {
    Entry<T> entry = new Entry<>(naming.apply(machine.id()), machine.key(), detail);
    entries.put(entry.id(), entry);
    return entry;
  }

  /** Everything that was ever made, in order. */
  List<Entry<T>> all() {
    reap();
    synchronized (this) {
      return List.copyOf(entries.values());
    }
  }

  Optional<Entry<T>> get(String id) {
    reap();
    synchronized (this) {
      return Optional.ofNullable(entries.get(id));
    }
  }

  synchronized boolean isDead(String id) {
    return dead.containsKey(id);
  }

  /** How a machine was when it ended by itself; empty for one that was removed, or lives. */
  synchronized Optional<Machine> last(String id) {
    return dead.getOrDefault(id, Optional.empty());
  }

  /** How a machine is, the dead included. */
  Machine.State state(String id) {
    return isDead(id)
        ? Machine.State.ENDED
        : cloud.machines().stream()
            .filter(machine -> naming.apply(machine.id()).equals(id))
            .map(Machine::state)
            .findFirst()
            .orElse(Machine.State.ENDED);
  }

  /** Machines that ended by themselves go, and what has gone is remembered. */
  void reap() {
    List<MachineKey> ended = new ArrayList<>();
    synchronized (this) {
      Map<String, Machine> now = new HashMap<>();
      cloud.machines().forEach(machine -> now.put(naming.apply(machine.id()), machine));
      for (Entry<T> entry : entries.values()) {
        Machine there = now.get(entry.id());
        boolean over = there == null || there.state() == Machine.State.ENDED;
        if (over && dead.putIfAbsent(entry.id(), Optional.ofNullable(there)) == null) {
          ended.add(entry.key());
        }
      }
    }
    for (MachineKey key : ended) {
      try {
        cloud.delete(key);
      } catch (BackendException e) {
        throw new IllegalStateException(e); // no script makes a machine's own end fail
      }
    }
  }
}
