package dev.flamepool.operator.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.LogLevel;
import dev.flamepool.api.RunnerOptions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a runner is told at its start: {@code FLAME_PARENT}, base64 of UTF-8 {@code key=value}
 * lines. A backend that places port and identity itself replaces those lines.
 */
final class ParentVariable {
  /** The protocol that this operator and the runners it starts speak. */
  static final int PROTOCOL = 1;

  /** Where the identity lies on the machine, unless its backend puts it elsewhere. */
  private static final String IDENTITY = "/run/flamepool/boot";

  private static final int DEFAULT_PORT = 7600;

  private ParentVariable() {}

  /**
   * Composes it.
   *
   * @param pool the pool's spec, for what is not part of the revision
   */
  static String encode(FlameRunner runner, FlamePoolSpec pool) {
    FlameRunnerSpec spec = runner.getSpec();
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("protocol", PROTOCOL);
    keys.put("pool", spec.pool());
    keys.put("namespace", runner.getMetadata().getNamespace());
    keys.put("runner", runner.getMetadata().getName());
    keys.put("uid", runner.getMetadata().getUid());
    keys.put("maxConcurrency", spec.maxConcurrency());
    keys.put("singleUse", spec.singleUse());
    keys.put("threads", threads(spec.runner()));
    keys.put("port", port(spec.runner()));
    keys.put("identity", IDENTITY);
    keys.put("shutdownTimeoutMs", millis("shutdownTimeout", spec.shutdownTimeout(), "30s"));
    keys.put("idleShutdownAfterMs", millis("idleShutdownAfter", pool.idleShutdownAfter(), "30s"));
    keys.put(
        "minIdleShutdownAfterMs",
        millis("minIdleShutdownAfter", pool.minIdleShutdownAfter(), Durations.NEVER));
    keys.put("orphanAfterMs", millis("orphanAfter", spec.orphanAfter(), "5m"));
    keys.put("maxLifetimeMs", Lifetime.ofRunner(spec).toMillis());
    keys.put(
        "log", (pool.log() == null ? LogLevel.INFO : pool.log()).name().toLowerCase(Locale.ROOT));
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
