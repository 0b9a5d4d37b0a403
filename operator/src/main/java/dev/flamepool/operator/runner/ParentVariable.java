package dev.flamepool.operator.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.BackendKind;
import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.LogLevel;
import dev.flamepool.api.RunnerOptions;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a runner is told at its start: {@code FLAME_PARENT}, base64 of UTF-8 {@code key=value} lines
 * (DESIGN section 6).
 */
final class ParentVariable {
  /** The protocol that this operator and the runners it starts speak. */
  static final int PROTOCOL = 1;

  /** Where identity files lie on a machine that is not the operator's own host. */
  private static final String REMOTE_IDENTITY = "/run/flamepool/boot";

  private static final int DEFAULT_PORT = 7600;

  private ParentVariable() {}

  /**
   * Composes it.
   *
   * @param pool the pool's spec for what is not part of the revision; empty when it is gone
   * @param stateDir where the local backend keeps {@code <uid>/boot} with the identity
   */
  static String encode(FlameRunner runner, Optional<FlamePoolSpec> pool, Path stateDir) {
    FlameRunnerSpec spec = runner.getSpec();
    boolean local = spec.backend().kind() == BackendKind.LOCAL;
    Path folder = stateDir.resolve(runner.getMetadata().getUid());
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("protocol", PROTOCOL);
    keys.put("pool", spec.pool());
    keys.put("namespace", runner.getMetadata().getNamespace());
    keys.put("runner", runner.getMetadata().getName());
    keys.put("uid", runner.getMetadata().getUid());
    keys.put("maxConcurrency", spec.maxConcurrency());
    keys.put("singleUse", spec.singleUse());
    keys.put("threads", threads(spec.runner()));
    keys.put("port", local ? 0 : port(spec.runner()));
    keys.put("identity", local ? folder.resolve("boot") : REMOTE_IDENTITY);
    if (local) {
      keys.put("folder", folder);
    }
    keys.put("shutdownTimeoutMs", millis("shutdownTimeout", spec.shutdownTimeout(), "30s"));
    keys.put(
        "idleShutdownAfterMs",
        millis(
            "idleShutdownAfter", pool.map(FlamePoolSpec::idleShutdownAfter).orElse(null), "30s"));
    keys.put(
        "minIdleShutdownAfterMs",
        millis(
            "minIdleShutdownAfter",
            pool.map(FlamePoolSpec::minIdleShutdownAfter).orElse(null),
            Durations.NEVER));
    keys.put("orphanAfterMs", millis("orphanAfter", spec.orphanAfter(), "5m"));
    keys.put("maxLifetimeMs", millis("maxLifetime", spec.maxLifetime(), "24h"));
    keys.put(
        "log", pool.map(FlamePoolSpec::log).orElse(LogLevel.INFO).name().toLowerCase(Locale.ROOT));
    String lines =
        keys.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    return Base64.getEncoder().encodeToString(lines.getBytes(UTF_8));
  }

  private static String threads(@Nullable RunnerOptions options) {
    return options == null || options.threads() == null
        ? "platform"
        : options.threads().name().toLowerCase(Locale.ROOT);
  }

  private static int port(@Nullable RunnerOptions options) {
    return options == null || options.port() == null ? DEFAULT_PORT : options.port();
  }

  private static long millis(String field, @Nullable String text, String otherwise) {
    return Durations.parseOrNever(field, text == null ? otherwise : text)
        .map(java.time.Duration::toMillis)
        .orElse(-1L);
  }
}
