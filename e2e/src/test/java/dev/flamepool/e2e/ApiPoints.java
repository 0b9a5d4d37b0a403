package dev.flamepool.e2e;

/**
 * The operator's writes to the API server by which a runner gets on, as a {@link Gate} sees them.
 */
final class ApiPoints {
  /** The runner itself, with its finalizer. */
  static final String RUNNER = "^POST \\S+/flamerunners[ ?]";

  /** All that an attempt needs. */
  static final String BOOT_SECRET = "^POST \\S+/secrets[ ?].*-boot-1-";

  /** The attempt, before the backend is asked. */
  static final String ATTEMPT = "^PATCH \\S+/flamerunners/[\\w-]+/status[ ?].*\"launch\":\\{";

  /** The machine's id, after the backend's answer. */
  static final String MACHINE =
      "^PATCH \\S+/flamerunners/[\\w-]+/status[ ?].*\"machine\":\\{[^}]*\"id\"";

  /** The runners that callers may use. */
  static final String ENDPOINTS = "^PATCH \\S+/flamepools/[\\w-]+/status[ ?].*\"endpoints\":\\[\\{";

  /** The end of a runner, when no machine is left. */
  static final String FINALIZER = "^PATCH \\S+/flamerunners/[\\w-]+[ ?].*\"finalizers\"";

  private ApiPoints() {}
}
