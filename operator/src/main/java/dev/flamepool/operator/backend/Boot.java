package dev.flamepool.operator.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.ParentLines;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a runner is given at its start, as its boot Secret holds it: the parent's lines, the rest of
 * its environment, its identity, and what its backend prepared. It holds secrets; never log it.
 *
 * @param files the Secret's content by key
 * @param secretEnv names of the variables whose values come from Secrets: a backend must not put
 *     them where its API shows them
 */
public record Boot(Map<String, byte[]> files, Set<String> secretEnv) {
  /** The key that holds the whole environment. */
  public static final String ENV_FILE = "env.json";

  /** Prefix of the keys that hold one variable each. */
  public static final String ENV_KEY = "env.";

  private static final JsonMapper JSON = new JsonMapper();

  /** Without variables from Secrets. */
  public static Boot of(Map<String, byte[]> files) {
    return new Boot(files, Set.of());
  }

  /** The files of the runner's identity, those that are there. */
  public Map<String, byte[]> identity() {
    Map<String, byte[]> identity = new LinkedHashMap<>();
    for (String name : Identity.FILES) {
      byte[] content = files.get(name);
      if (content != null) {
        identity.put(name, content);
      }
    }
    return identity;
  }

  /**
   * What a backend prepared under a name.
   *
   * @throws BackendException if it is not there
   */
  public byte[] prepared(String name) throws BackendException {
    byte[] content = files.get(name);
    if (content == null) {
      throw malformed("it lacks " + name);
    }
    return content;
  }

  /**
   * The runner's environment but for {@link ParentLines#VARIABLE}, a copy, by name.
   *
   * @throws BackendException if it is not what the operator writes
   */
  public Map<String, String> env() throws BackendException {
    Map<String, String> env = whole();
    env.remove(ParentLines.VARIABLE);
    return env;
  }

  /**
   * What the runner is told, before its backend replaces the lines that it knows better.
   *
   * @throws BackendException if it is not what the operator writes
   */
  public ParentLines parent() throws BackendException {
    String text = whole().get(ParentLines.VARIABLE);
    if (text == null) {
      throw malformed(ENV_FILE + " lacks " + ParentLines.VARIABLE);
    }
    try {
      return ParentLines.of(text);
    } catch (IllegalArgumentException e) {
      throw malformed(ParentLines.VARIABLE + " is not base64");
    }
  }

  /**
   * The number of one of the parent's lines.
   *
   * @throws BackendException if there is none
   */
  public static long number(ParentLines parent, String key) throws BackendException {
    String text = parent.get(key);
    try {
      return Long.parseLong(text == null ? "" : text);
    } catch (NumberFormatException e) {
      throw malformed(ParentLines.VARIABLE + " lacks " + key);
    }
  }

  private Map<String, String> whole() throws BackendException {
    byte[] json = files.get(ENV_FILE);
    try {
      return json == null ? new TreeMap<>() : variables(json);
    } catch (IOException e) {
      // Without the cause: it would quote values.
      throw malformed(ENV_FILE + " is no map of strings");
    }
  }

  /** Reads the content of {@link #ENV_FILE}, by name. */
  public static Map<String, String> variables(byte[] json) throws IOException {
    return JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {});
  }

  /** The content of {@link #ENV_FILE}. */
  public static byte[] envFile(Map<String, String> env, ParentLines parent) {
    Map<String, String> whole = new TreeMap<>(env);
    whole.put(ParentLines.VARIABLE, parent.text());
    try {
      return JSON.writeValueAsString(whole).getBytes(UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("a map of strings can be written", e);
    }
  }

  private static BackendException malformed(String what) {
    return new BackendException(Kind.CONFIGURATION, "the boot Secret is malformed: " + what);
  }

  /** Without its content. */
  @Override
  public String toString() {
    return "Boot" + files.keySet();
  }
}
