package dev.flamepool.api;

/** The condition types of the kinds; each has stable reasons. */
public final class ConditionTypes {
  /** Of a pool: a call made now would be served, also with zero runners. */
  public static final String READY = "Ready";

  /** Of a pool or backend: configuration and credentials were accepted, runners can be reached. */
  public static final String BACKEND_READY = "BackendReady";

  /** Of a pool: no offering is refused for lack of capacity or quota. */
  public static final String CAPACITY_AVAILABLE = "CapacityAvailable";

  /** Of a pool: boots succeed. */
  public static final String BOOT_HEALTHY = "BootHealthy";

  /** Of a pool, only while it is true: callers run code that no revision of the pool yields. */
  public static final String CODE_VERSION_MISMATCH = "CodeVersionMismatch";

  /** Of a pool, only while it is false: the operator has lost its way to runners, and ends none. */
  public static final String RUNNERS_REACHABLE = "RunnersReachable";

  private ConditionTypes() {}
}
