package dev.flamepool.operator.runner;

import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.LogLevel;
import dev.flamepool.api.RunnerOptions;
import dev.flamepool.wire.ParentLines;
import dev.flamepool.wire.Protocol;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a runner is told at its start. A backend that places port and identity itself replaces those
 * lines.
 */
final class Parent {
  /** Where the identity lies on the machine, unless its backend puts it elsewhere. */
  private static final String IDENTITY = "/run/flamepool/boot";

  private static final int DEFAULT_PORT = 7600;

  private Parent() {}

  /**
   * Composes it.
   *
   * @param pool the pool's spec, for what is not part of the revision
   */
  static ParentLines of(FlameRunner runner, FlamePoolSpec pool) {
    FlameRunnerSpec spec = runner.getSpec();
    return ParentLines.NONE
        .with("protocol", Protocol.VERSION)
        .with("pool", spec.pool())
        .with("namespace", runner.getMetadata().getNamespace())
        .with("runner", runner.getMetadata().getName())
        .with("uid", runner.getMetadata().getUid())
        .with("maxConcurrency", spec.maxConcurrency())
        .with("singleUse", spec.singleUse())
        .with("threads", threads(spec.runner()))
        .with("port", port(spec.runner()))
        .with("identity", IDENTITY)
        .with("shutdownTimeoutMs", millis("shutdownTimeout", spec.shutdownTimeout(), "30s"))
        .with("idleShutdownAfterMs", millis("idleShutdownAfter", pool.idleShutdownAfter(), "30s"))
        .with(
            "minIdleShutdownAfterMs",
            millis("minIdleShutdownAfter", pool.minIdleShutdownAfter(), Durations.NEVER))
        .with("orphanAfterMs", millis("orphanAfter", spec.orphanAfter(), "5m"))
        .with("maxLifetimeMs", Lifetime.ofRunner(spec).toMillis())
        .with(
            "log",
            (pool.log() == null ? LogLevel.INFO : pool.log()).name().toLowerCase(Locale.ROOT));
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
