package dev.flamepool.caller;

import dev.flamepool.PoolState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller knows of a pool, at one moment.
 *
 * @param presence whether the pool is there
 * @param suspended {@code spec.suspend}
 * @param desired how many runners the operator wants, for all code versions together
 * @param endpoints the ready runners, in the order of their ordinals
 * @param timeout how long a call may run unless it says so itself, null for never
 * @param bootTimeout how long a call waits for a slot unless it says so itself
 * @param booting runners on their way
 * @param conditions the pool's conditions
 * @param failures the last boot failures and crashes, newest last
 * @param refusals code versions that no revision of the pool yields
 * @param trackResources whether every call may leave resources on its runner
 * @param desiredOf how many of the runners are wanted for a code version, where that is known
 */
public record PoolView(
    Presence presence,
    boolean suspended,
    int desired,
    List<Endpoint> endpoints,
    @Nullable Duration timeout,
    Duration bootTimeout,
    int booting,
    List<PoolState.Condition> conditions,
    List<PoolState.Failure> failures,
    Set<String> refusals,
    boolean trackResources,
    Map<String, Integer> desiredOf) {

  /** A pool's {@code timeout} unless given. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** A pool's {@code bootTimeout} unless given. */
  public static final Duration DEFAULT_BOOT_TIMEOUT = Duration.ofSeconds(30);

  /** Nothing has been heard of the pool yet. */
  public static final PoolView UNKNOWN = empty(Presence.UNKNOWN);

  /** There is no such pool. */
  public static final PoolView NOT_FOUND = empty(Presence.NOT_FOUND);

  /** Whether the pool is there. */
  public enum Presence {
    /** Nothing has been heard yet. */
    UNKNOWN,
    /** It was looked for and is not there. */
    NOT_FOUND,
    /** It is there. */
    PRESENT,
    /** It is being deleted, or was there and is no longer. */
    DELETED
  }

  /**
   * A ready runner.
   *
   * @param runner its name, {@code <pool>-<ordinal>}
   * @param uid what its certificate names
   * @param address {@code host:port}
   * @param codeVersion what it was started from
   * @param maxConcurrency calls it takes at once
   */
  public record Endpoint(
      String runner, String uid, String address, String codeVersion, int maxConcurrency) {
    /** Its place among the pool's runners, from its name. */
    int ordinal() {
      int digits = runner.lastIndexOf('-') + 1;
      try {
        return Integer.parseInt(runner, digits, runner.length(), 10);
      } catch (NumberFormatException e) {
        return Integer.MAX_VALUE; // no name the operator gives: last
      }
    }
  }

  /** Sorts the endpoints by ordinal and copies the lists. */
  public PoolView {
    endpoints = endpoints.stream().sorted(Comparator.comparingInt(Endpoint::ordinal)).toList();
    conditions = List.copyOf(conditions);
    failures = List.copyOf(failures);
    refusals = Set.copyOf(refusals);
    desiredOf = Map.copyOf(desiredOf);
  }

  /** A pool that refuses no code version. */
  public PoolView(
      Presence presence,
      boolean suspended,
      int desired,
      List<Endpoint> endpoints,
      @Nullable Duration timeout,
      Duration bootTimeout,
      int booting,
      List<PoolState.Condition> conditions,
      List<PoolState.Failure> failures) {
    this(
        presence,
        suspended,
        desired,
        endpoints,
        timeout,
        bootTimeout,
        booting,
        conditions,
        failures,
        Set.of(),
        false,
        Map.of());
  }

  private static PoolView empty(Presence presence) {
    return new PoolView(
        presence,
        false,
        0,
        List.of(),
        DEFAULT_TIMEOUT,
        DEFAULT_BOOT_TIMEOUT,
        0,
        List.of(),
        List.of());
  }

  /** How many runners callers of a code version share: the lowest so many are preferred. */
  int desired(String codeVersion) {
    return desiredOf.getOrDefault(codeVersion, desired);
  }

  /**
   * The condition of that type if it is false.
   *
   * @param type a condition type
   * @return null if it is true, unknown or not there
   */
  PoolState.@Nullable Condition falseCondition(String type) {
    for (PoolState.Condition c : conditions) {
      if (c.type().equals(type) && c.status().equals("False")) {
        return c;
      }
    }
    return null;
  }

  /** For an exception. */
  PoolState state(int queued) {
    return new PoolState(desired, endpoints.size(), booting, queued, conditions, failures);
  }
}
