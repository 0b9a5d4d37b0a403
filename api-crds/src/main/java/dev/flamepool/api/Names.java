package dev.flamepool.api;

import java.util.Set;

/** Names that operator, library and users must write the same way. */
public final class Names {
  /** The API group of all kinds. */
  public static final String GROUP = "flamepool.dev";

  /** The served version of all kinds. */
  public static final String VERSION = "v1alpha1";

  /** Label with the pool's name, on runners, callers and Secrets. */
  public static final String POOL_LABEL = "flamepool.dev/pool";

  /** Finalizer of a pool: its runners must be gone first. */
  public static final String POOL_FINALIZER = "flamepool.dev/pool";

  /** Finalizer of a runner: the backend must hold no machine of it any more. */
  public static final String MACHINE_FINALIZER = "flamepool.dev/machine";

  /** Finalizer of a FlameBackend: no pool may use it any more. */
  public static final String BACKEND_FINALIZER = "flamepool.dev/backend";

  /** Annotation of a ControllerRevision: the code version that its last runner reported. */
  public static final String CODE_VERSION = "flamepool.dev/code-version";

  /** Annotation of a runner: which of its pool's authorities it was made under. */
  public static final String AUTHORITY = "flamepool.dev/authority";

  /** Annotation of a runner: the callers' code versions that it was booted to find, in lines. */
  public static final String WANTED_CODE_VERSION = "flamepool.dev/wanted-code-version";

  /**
   * Annotation of a runner that is being deleted: let it go although nobody can tell whether its
   * machine is gone. The value says why.
   */
  public static final String ABANDON_MACHINE = "flamepool.dev/abandon-machine";

  /** Of a uid's 32 digits, what tells runners of one name apart. */
  private static final int UID_CHARACTERS = 8;

  /** Environment variables that the operator sets and a user cannot. */
  public static final Set<String> RESERVED_ENV =
      Set.of("FLAME_PARENT", "FLAME_BIND", "FLAME_POOL", "FLAME_RUNNER");

  /** Variable that says which code a process runs, in place of a hash. */
  public static final String CODE_VERSION_ENV = "FLAME_CODE_VERSION";

  /** The longest code version. */
  public static final int MAX_CODE_VERSION = 128;

  /** Name of the FlameBackend that a pool without backends uses, if it exists. */
  public static final String DEFAULT_BACKEND = "default";

  private Names() {}

  /** The runner of an ordinal: the API server's name uniqueness is what enforces {@code max}. */
  public static String runner(String pool, int ordinal) {
    return pool + "-" + ordinal;
  }

  /** The Secret with the certificate that lets a process call the pool's runners. */
  public static String clientSecret(String pool) {
    return pool + "-client";
  }

  /** The Role with all that a process needs that calls the pool. */
  public static String callerRole(String pool) {
    return pool + "-caller";
  }

  /**
   * The Secret with everything one launch attempt needs. A later runner of the same name has
   * others, because Kubernetes collects those of the one before in its own time.
   */
  public static String bootSecret(String runner, String runnerUid, int attempt) {
    int end = Math.min(UID_CHARACTERS, runnerUid.length());
    return runner + "-boot-" + attempt + "-" + runnerUid.substring(0, end);
  }
}
