package dev.flamepool;

import dev.flamepool.wire.ParentLines;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a runner was told at its start, in the environment variable {@code FLAME_PARENT}: base64 of
 * UTF-8 {@code key=value} lines, unknown keys ignored. Present only on a runner, so an application
 * can skip its web server there.
 *
 * @param protocol the operator's protocol number
 * @param pool name of the pool
 * @param namespace of the pool
 * @param runner name of this runner
 * @param uid of this runner, as in its certificate
 * @param maxConcurrency calls at once
 * @param singleUse ends after its first call
 * @param virtualThreads calls run on virtual threads where the JVM has them
 * @param port to listen on; 0 for any, then written to {@code <folder>/address}
 * @param identity folder with {@code ca.der}, {@code cert.der} and {@code key.pk8}
 * @param folder this runner's own folder; null unless on the local backend
 * @param shutdownTimeoutMs grace for running calls on SIGTERM
 * @param idleShutdownAfterMs -1 for never
 * @param minIdleShutdownAfterMs the same while kept
 * @param orphanAfterMs ends when nobody was in contact for so long; -1 for never
 * @param maxLifetimeMs jittered by 10 %; -1 for never
 * @param log level's name
 */
public record FlameParent(
    int protocol,
    String pool,
    String namespace,
    String runner,
    String uid,
    int maxConcurrency,
    boolean singleUse,
    boolean virtualThreads,
    int port,
    Path identity,
    @Nullable Path folder,
    long shutdownTimeoutMs,
    long idleShutdownAfterMs,
    long minIdleShutdownAfterMs,
    long orphanAfterMs,
    long maxLifetimeMs,
    String log) {

  /** The environment variable that makes a process a runner. */
  public static final String VARIABLE = ParentLines.VARIABLE;

  private static final class Current {
    static final @Nullable FlameParent VALUE = fromEnvironment();
  }

  /** This process's parent: empty in the application itself, present on a runner. */
  public static Optional<FlameParent> current() {
    return Optional.ofNullable(Current.VALUE);
  }

  private static @Nullable FlameParent fromEnvironment() {
    String text = System.getenv(VARIABLE);
    return text == null || text.isBlank() ? null : decode(text);
  }

  /**
   * The name of the pool, for {@link Flame#pool}.
   *
   * @return the same as {@link #pool}
   */
  public String poolName() {
    return pool;
  }

  /**
   * The pool among those of all namespaces, as the wire's hello and messages have it.
   *
   * @return {@code namespace/pool}
   */
  public String qualifiedPool() {
    return namespace + "/" + pool;
  }

  /**
   * Reads the value of {@code FLAME_PARENT}.
   *
   * @throws IllegalArgumentException naming the key that is missing or malformed
   */
  public static FlameParent decode(String text) {
    ParentLines keys = ParentLines.of(text);
    String folder = keys.get("folder");
    return new FlameParent(
        (int) number(keys, "protocol", null, 1, Integer.MAX_VALUE),
        required(keys, "pool"),
        required(keys, "namespace"),
        required(keys, "runner"),
        required(keys, "uid"),
        (int) number(keys, "maxConcurrency", "100", 1, 1_000_000),
        optional(keys, "singleUse", "false").equals("true"),
        optional(keys, "threads", "platform").equals("virtual"),
        (int) number(keys, "port", "0", 0, 65_535),
        Path.of(required(keys, "identity")),
        folder == null || folder.isEmpty() ? null : Path.of(folder),
        duration(keys, "shutdownTimeoutMs", "30000"),
        duration(keys, "idleShutdownAfterMs", "30000"),
        duration(keys, "minIdleShutdownAfterMs", "-1"),
        duration(keys, "orphanAfterMs", "300000"),
        duration(keys, "maxLifetimeMs", "-1"),
        optional(keys, "log", "info"));
  }

  /** The value of {@code FLAME_PARENT} that {@link #decode} reads. */
  public String encode() {
    ParentLines lines =
        ParentLines.NONE
            .with("protocol", protocol)
            .with("pool", pool)
            .with("namespace", namespace)
            .with("runner", runner)
            .with("uid", uid)
            .with("maxConcurrency", maxConcurrency)
            .with("singleUse", singleUse)
            .with("threads", virtualThreads ? "virtual" : "platform")
            .with("port", port)
            .with("identity", identity)
            .with("shutdownTimeoutMs", shutdownTimeoutMs)
            .with("idleShutdownAfterMs", idleShutdownAfterMs)
            .with("minIdleShutdownAfterMs", minIdleShutdownAfterMs)
            .with("orphanAfterMs", orphanAfterMs)
            .with("maxLifetimeMs", maxLifetimeMs)
            .with("log", log);
    return (folder == null ? lines : lines.with("folder", folder)).text();
  }

  private static String required(ParentLines keys, String key) {
    String value = keys.get(key);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "FLAME_PARENT lacks " + key + "; only the operator sets it");
    }
    return value;
  }

  private static String optional(ParentLines keys, String key, String otherwise) {
    String value = keys.get(key);
    return value == null ? otherwise : value;
  }

  private static long duration(ParentLines keys, String key, String otherwise) {
    return number(keys, key, otherwise, -1, Long.MAX_VALUE / 1_000_000);
  }

  private static long number(
      ParentLines keys, String key, @Nullable String otherwise, long min, long max) {
    String value = otherwise == null ? required(keys, key) : optional(keys, key, otherwise);
    try {
      long n = Long.parseLong(value);
      if (n >= min && n <= max) {
        return n;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "FLAME_PARENT " + key + "=" + value + " is not a number from " + min + " to " + max);
  }
}
