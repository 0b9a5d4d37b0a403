package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.Map;
import java.util.TreeMap;

/**
 * Variables as systemd's {@code EnvironmentFile} reads them back byte for byte: in double quotes,
 * where only four characters mean something else and a line end is one. No shell ever reads it.
 */
final class EnvFile {
  private EnvFile() {}

  static String of(Map<String, String> env) throws BackendException {
    StringBuilder file = new StringBuilder();
    for (Map.Entry<String, String> variable : new TreeMap<>(env).entrySet()) {
      if (variable.getValue().indexOf('\0') >= 0) {
        throw new BackendException(
            Kind.CONFIGURATION, "env " + variable.getKey() + " holds a NUL character: remove it");
      }
      file.append(variable.getKey()).append('=');
      quote(variable.getValue(), file);
      file.append('\n');
    }
    return file.toString();
  }

  private static void quote(String value, StringBuilder file) {
    file.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\' || c == '$' || c == '`') {
        file.append('\\');
      }
      file.append(c);
    }
    file.append('"');
  }
}
