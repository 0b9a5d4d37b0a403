package dev.flamepool.operator.backend.local;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.wire.ParentLines;
import java.nio.charset.Charset;
import java.util.Map;

/**
 * The whole environment of a local runner: {@code FLAME_*} and the resolved {@code env} of its boot
 * Secret, nothing of the operator's own, not even {@code PATH}. A JVM from 18 on reads values that
 * are not ASCII only if the pool's env also gives a UTF-8 locale such as {@code LC_ALL=C.UTF-8}.
 */
final class RunnerEnv {
  private RunnerEnv() {}

  /** The environment of an attempt; what depends on the folder is filled in here. */
  static Map<String, String> of(LaunchAttempt attempt, RunnerFolder folder)
      throws BackendException {
    Map<String, String> env = attempt.boot().env();
    env.put(ParentLines.VARIABLE, placed(attempt.boot().parent(), folder));
    env.put("FLAME_POOL", attempt.key().pool());
    env.put("FLAME_RUNNER", attempt.key().runner());
    check(env);
    return env;
  }

  /** With what only this backend knows: any port, and where the folder is. */
  private static String placed(ParentLines parent, RunnerFolder folder) {
    return parent
        .with("port", 0)
        .with("identity", folder.boot())
        .with("folder", folder.path)
        .text();
  }

  private static void check(Map<String, String> env) throws BackendException {
    Charset native_ = passedAs();
    for (Map.Entry<String, String> entry : env.entrySet()) {
      String name = entry.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
        throw new BackendException(
            Kind.CONFIGURATION, "env name " + name + " is empty or holds = or NUL: rename it");
      }
      if (entry.getValue() == null || entry.getValue().indexOf('\0') >= 0) {
        throw new BackendException(
            Kind.CONFIGURATION,
            "env " + name + " has no value or holds a NUL character: remove it");
      }
      if (!native_.newEncoder().canEncode(entry.getValue())) {
        throw new BackendException(
            Kind.CONFIGURATION,
            ("env %s holds characters that the operator cannot pass on in %s:"
                    + " start the operator with LC_ALL=C.UTF-8")
                .formatted(name, native_));
      }
    }
  }

  /** How this JVM writes a child's environment. */
  private static Charset passedAs() {
    return Runtime.version().feature() < 18
        ? Charset.defaultCharset()
        : Charset.forName(System.getProperty("sun.jnu.encoding"));
  }
}
