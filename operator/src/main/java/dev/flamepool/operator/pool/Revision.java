package dev.flamepool.operator.pool;

import dev.flamepool.api.Durations;
import dev.flamepool.api.EnvVar;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.RunnerOptions;
import dev.flamepool.operator.cluster.Digests;
import dev.flamepool.operator.cluster.Json;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a machine is made from. Its name is a hash of exactly env, runner, maxConcurrency,
 * singleUse, shutdownTimeout, orphanAfter, maxLifetime and the runner's own backend entry; other
 * spellings of the same values give the same name.
 *
 * @param name stable across operator versions while the values are the same
 * @param template a runner's spec without pool, uid and ordinal
 */
record Revision(String name, FlameRunnerSpec template) {
  private static final RunnerOptions DEFAULT_OPTIONS =
      new RunnerOptions(7600, RunnerOptions.Threads.PLATFORM);

  static Revision of(FlamePoolSpec spec, Candidate candidate, EffectiveValues values) {
    FlameRunnerSpec template =
        new FlameRunnerSpec(
            "",
            "",
            0,
            "",
            values.maxConcurrency(),
            spec.isSingleUse(),
            normal("spec.shutdownTimeout", spec.shutdownTimeout(), "30s"),
            normal("spec.orphanAfter", spec.orphanAfter(), "5m"),
            normal("spec.maxLifetime", spec.maxLifetime(), "24h"),
            candidate.env().isEmpty() ? null : candidate.env(),
            options(spec.runner()),
            candidate.entry());
    return new Revision(nameOf(template), template);
  }

  FlameRunnerSpec runner(String pool, String poolUid, int ordinal) {
    return new FlameRunnerSpec(
        pool,
        poolUid,
        ordinal,
        name,
        template.maxConcurrency(),
        template.singleUse(),
        template.shutdownTimeout(),
        template.orphanAfter(),
        template.maxLifetime(),
        template.env(),
        template.runner(),
        template.backend());
  }

  private static RunnerOptions options(@Nullable RunnerOptions given) {
    if (given == null) {
      return DEFAULT_OPTIONS;
    }
    return new RunnerOptions(
        given.port() == null ? DEFAULT_OPTIONS.port() : given.port(),
        given.threads() == null ? DEFAULT_OPTIONS.threads() : given.threads());
  }

  private static String normal(String field, @Nullable String text, String otherwise) {
    return Durations.parseOrNever(field, text == null ? otherwise : text)
        .map(Durations::format)
        .orElse(Durations.NEVER);
  }

  /** The name that goes with a template. */
  static String nameOf(FlameRunnerSpec template) {
    Map<String, Object> fields = new LinkedHashMap<>();
    List<EnvVar> env = template.env() == null ? List.of() : template.env();
    fields.put("env", env.stream().sorted(Comparator.comparing(EnvVar::name)).toList());
    fields.put("runner", template.runner());
    fields.put("maxConcurrency", template.maxConcurrency());
    fields.put("singleUse", template.singleUse());
    fields.put("shutdownTimeout", template.shutdownTimeout());
    fields.put("orphanAfter", template.orphanAfter());
    fields.put("maxLifetime", template.maxLifetime());
    fields.put("backend", template.backend());
    return "r-" + Digests.sha256(Json.text(fields)).substring(0, 12);
  }
}
