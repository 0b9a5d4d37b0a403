package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.ParentLines;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the bootstrap script fetches and unpacks: the runner's identity, its environment, where its
 * bundle comes from and the units that run it. Holds secrets; lies in a private bucket until the
 * runner is ready or its attempt is over.
 */
final class BootObject {
  /** What systemd waits beyond the runner's own grace. */
  private static final long STOP_MARGIN_SECONDS = 5;

  private static final int PRIVATE = 0400;
  private static final List<String> IDENTITY = List.of("ca.der", "cert.der", "key.pk8");
  private static final JsonMapper JSON = new JsonMapper();

  private BootObject() {}

  /**
   * Composes it.
   *
   * @param reportUrl where the instance leaves what it said; empty for nowhere
   * @param bundle presigned URLs of the bundle's files by path on the instance
   */
  static byte[] of(
      LaunchAttempt attempt, boolean spot, String reportUrl, Map<String, String> bundle)
      throws BackendException {
    Ec2Backend ec2 = attempt.entry().ec2();
    Map<String, String> env = env(attempt);
    ParentLines parent = ParentLines.of(env.get(ParentLines.VARIABLE));
    Tar tar = new Tar();
    tar.add("plan", PRIVATE, plan(ec2, parent, spot, reportUrl).getBytes(UTF_8));
    tar.add("env", PRIVATE, EnvFile.of(env).getBytes(UTF_8));
    tar.add("bundle.curl", PRIVATE, Bundle.curlConfig(bundle).getBytes(UTF_8));
    tar.add("flamepool.service", PRIVATE, unit(ec2.app(), parent).getBytes(UTF_8));
    tar.add(
        "flamepool-spot.service",
        PRIVATE,
        UserData.resource("flamepool-spot.service").getBytes(UTF_8));
    tar.add("spot-watch", PRIVATE, UserData.resource("spot-watch.sh").getBytes(UTF_8));
    tar.add("ended", PRIVATE, UserData.shared("ended.sh").getBytes(UTF_8));
    for (String name : IDENTITY) {
      byte[] content = attempt.boot().get(name);
      if (content != null) {
        tar.add("boot/" + name, PRIVATE, content);
      }
    }
    return tar.bytes();
  }

  /** The runner's environment, the operator's own variables among it. */
  static Map<String, String> env(LaunchAttempt attempt) throws BackendException {
    byte[] json = attempt.boot().get("env.json");
    try {
      Map<String, String> env =
          JSON.readValue(
              json == null ? "{}".getBytes(UTF_8) : json,
              new TypeReference<TreeMap<String, String>>() {});
      if (env.get(ParentLines.VARIABLE) == null) {
        throw malformed("env.json lacks " + ParentLines.VARIABLE);
      }
      return env;
    } catch (IOException e) {
      throw malformed("env.json is no map of strings"); // without the cause: it would quote values
    }
  }

  /** The unit that runs the bundle's start command. */
  static String unit(String app, ParentLines parent) throws BackendException {
    long grace = (Math.max(0, parent.number("shutdownTimeoutMs")) + 999) / 1000;
    return UserData.resource("flamepool.service")
        .replace("@APP@", app)
        .replace("@STOP_SECONDS@", String.valueOf(grace + STOP_MARGIN_SECONDS));
  }

  /** Assignments for the script; every value is of characters that no shell reads otherwise. */
  private static String plan(Ec2Backend ec2, ParentLines parent, boolean spot, String reportUrl)
      throws BackendException {
    Bundle bundle = Bundle.of(ec2.s3BundleUrl());
    return """
        APP='%s'
        ARCHIVE='%s'
        DIGEST='%s'
        SPOT='%s'
        FOREVER='%s'
        REPORT_URL='%s'
        """
        .formatted(
            ec2.app(),
            bundle.isArchive() ? Bundle.ARCHIVE : "",
            bundle.digest(),
            spot ? "yes" : "",
            parent.number("maxLifetimeMs") < 0 ? "yes" : "",
            UserData.quotable(reportUrl));
  }

  private static BackendException malformed(String what) {
    return new BackendException(Kind.CONFIGURATION, "the boot Secret is malformed: " + what);
  }
}
