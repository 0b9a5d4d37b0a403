package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * What an instance runs at its first boot: a script that depends on nothing but where its boot
 * object lies, where it may leave what it said, and for how long it may live. No secret is in it,
 * only URLs that are good for an hour.
 */
final class UserData {
  /** EC2's own limit, before base64. */
  static final int MAX_BYTES = 16 << 10;

  private static final String SCRIPT = shared("bootstrap.sh");

  private UserData() {}

  /** The script of one attempt. */
  static String script(String bootUrl, String reportUrl, long lifeMinutes) throws BackendException {
    String script =
        SCRIPT
            .replace("@LIFE_MINUTES@", String.valueOf(lifeMinutes))
            .replace("@BOOT_URL@", quotable(bootUrl))
            .replace("@REPORT_URL@", quotable(reportUrl));
    int size = script.getBytes(UTF_8).length;
    if (size > MAX_BYTES) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "the user data has %d bytes, and EC2 takes %d: the presigned URLs of the boot object are too long"
              .formatted(size, MAX_BYTES));
    }
    return script;
  }

  /** A URL that can stand between quotes of a shell. */
  static String quotable(String url) throws BackendException {
    if (url.chars().anyMatch(c -> c <= ' ' || c == '\'' || c == '"' || c == '\\' || c > '~')) {
      throw new BackendException(
          Kind.CONFIGURATION, "the boot object's URL is none that a script can hold");
    }
    return url;
  }

  static String base64(String script) {
    return Base64.getEncoder().encodeToString(script.getBytes(UTF_8));
  }

  /** A script beside this class, with what the scripts have in common. */
  static String shared(String name) {
    return resource(name).replace("@WORDS@\n", resource("words.sh"));
  }

  /** A text beside this class. */
  static String resource(String name) {
    try (InputStream in = UserData.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the operator's jar lacks " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
