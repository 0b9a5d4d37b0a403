package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.machine.GuestFile;
import dev.flamepool.simulators.machine.Launch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * What runs as an instance: a stand-in for cloud-init and systemd that executes the user data under
 * a root of its own, with a path on which what would change the host is replaced.
 */
final class Guest {
  private static final String FOLDER = "/flamesim/";
  private static final List<String> OWN =
      List.of("unit", "systemctl", "shutdown", "poweroff", "systemd-run", "journalctl", "curl");
  private static final List<String> POWER = List.of("halt", "reboot");
  private static final List<String> NOTHING =
      List.of(
          "adduser",
          "addgroup",
          "useradd",
          "usermod",
          "groupadd",
          "chown",
          "chgrp",
          "dnf",
          "yum",
          "apt-get",
          "apt",
          "sysctl",
          "hostnamectl",
          "loginctl",
          "mount",
          "umount",
          "restorecon");

  /** A program that must not be this host's, by its full name. */
  private static final String ABSOLUTE =
      "(?<![\\w./}\\-])/(usr/)?s?bin/"
          + "(systemctl|shutdown|poweroff|halt|reboot|systemd-run|journalctl|curl|chown|useradd|groupadd)"
          + "(?![\\w-])";

  private final String uri;

  Guest(String uri) {
    this.uri = uri;
  }

  Launch launch(Instance instance) throws IOException {
    List<GuestFile> files = new ArrayList<>();
    files.add(file("init", resource("init")));
    OWN.forEach(name -> files.add(file("bin/" + name, resource(name))));
    POWER.forEach(name -> files.add(file("bin/" + name, resource("poweroff"))));
    NOTHING.forEach(name -> files.add(file("bin/" + name, resource("nothing"))));
    byte[] script = script(instance);
    if (script.length > 0) {
      files.add(file("user-data", script));
    }
    String path =
        System.getProperty("java.home")
            + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    return new Launch(
        instance.id,
        // A session of its own, so that its end takes along all that it has started.
        List.of("/usr/bin/setsid", "/bin/bash", FOLDER + "init"),
        Map.of("SIM_PATH", path, "SIM_URI", uri, "SIM_IMDS", imds(instance.id), "LANG", "C.UTF-8"),
        files,
        instance.address);
  }

  /** The address of the metadata service that an instance sees. */
  String imds(String id) {
    return uri + "/imds/" + id;
  }

  /** The user data, if it is a script; cloud-init unzips it first. */
  private static byte[] script(Instance instance) throws IOException {
    byte[] data = Base64.getDecoder().decode(instance.userData);
    if (data.length > 2 && (data[0] & 0xff) == 0x1f && (data[1] & 0xff) == 0x8b) {
      try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(data))) {
        data = unzipped.readAllBytes();
      }
    }
    String text = new String(data, UTF_8);
    return text.startsWith("#!") ? text.replaceAll(ABSOLUTE, "$2").getBytes(UTF_8) : new byte[0];
  }

  private static GuestFile file(String name, byte[] content) {
    return new GuestFile(FOLDER + name, Base64.getEncoder().encodeToString(content), 0700);
  }

  private static byte[] resource(String name) {
    try (InputStream in = Guest.class.getResourceAsStream("guest/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the resource guest/" + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
