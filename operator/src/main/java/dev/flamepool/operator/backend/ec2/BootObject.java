package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.wire.ParentLines;
import java.util.Map;

/**
 * What the bootstrap script fetches and unpacks: the runner's identity, its environment, where its
 * bundle comes from and the units that run it. Holds secrets; lies in a private bucket until the
 * runner is ready or its attempt is over.
 */
final class BootObject {
  /** What systemd waits beyond the runner's own grace. */
  private static final long STOP_MARGIN_SECONDS = 5;

  private static final int PRIVATE = 0400;

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
    Boot boot = attempt.boot();
    Map<String, String> env = boot.env();
    ParentLines parent = boot.parent();
    env.put(ParentLines.VARIABLE, parent.text());
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
    for (Map.Entry<String, byte[]> file : boot.identity().entrySet()) {
      tar.add("boot/" + file.getKey(), PRIVATE, file.getValue());
    }
    return tar.bytes();
  }

  /** The unit that runs the bundle's start command. */
  static String unit(String app, ParentLines parent) throws BackendException {
    long grace = (Math.max(0, Boot.number(parent, "shutdownTimeoutMs")) + 999) / 1000;
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
            Boot.number(parent, "maxLifetimeMs") < 0 ? "yes" : "",
            UserData.quotable(reportUrl));
  }
}
