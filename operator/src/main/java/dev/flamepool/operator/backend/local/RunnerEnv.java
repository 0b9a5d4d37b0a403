package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole environment of a local runner: {@code FLAME_*} and the resolved {@code env} of its boot
 * Secret, nothing of the operator's own, not even {@code PATH}. A JVM from 18 on reads values that
 * are not ASCII only if the pool's env also gives a UTF-8 locale such as {@code LC_ALL=C.UTF-8}.
 */
final class RunnerEnv {
  private static final String PARENT = "FLAME_PARENT";
  private static final JsonMapper JSON = new JsonMapper();

  private RunnerEnv() {}

  /** The environment of an attempt; what depends on the folder is filled in here. */
  static Map<String, String> of(LaunchAttempt attempt, RunnerFolder folder)
      throws BackendException {
    byte[] json = attempt.boot().get("env.json");
    Map<String, String> env;
    try {
      env = new TreeMap<>(json == null ? Map.of() : read(json));
    } catch (IOException e) {
      throw new BackendException(Kind.CONFIGURATION, "env.json of the boot Secret is malformed");
    }
    String parent = env.get(PARENT);
    if (parent == null) {
      throw new BackendException(Kind.CONFIGURATION, "env.json of the boot Secret lacks " + PARENT);
    }
    env.put(PARENT, placed(parent, folder));
    env.put("FLAME_POOL", attempt.key().pool());
    env.put("FLAME_RUNNER", attempt.key().runner());
    check(env);
    return env;
  }

  /** Reads an {@code env.json}. */
  static Map<String, String> read(byte[] json) throws IOException {
    return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
  }

  /** The parent's lines with what only this backend knows: any port, and where the folder is. */
  private static String placed(String parent, RunnerFolder folder) {
    StringBuilder lines = new StringBuilder();
    new String(Base64.getDecoder().decode(parent), UTF_8)
        .lines()
        .filter(line -> !line.matches("(port|identity|folder)=.*"))
        .forEach(line -> lines.append(line).append('\n'));
    lines.append("port=0\nidentity=").append(folder.boot());
    lines.append("\nfolder=").append(folder.path).append('\n');
    return Base64.getEncoder().encodeToString(lines.toString().getBytes(UTF_8));
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
