package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Boots with a real systemd, by this host's own distribution, where {@code /run} and {@code /tmp}
 * are noexec and there is neither logind nor D-Bus. It takes root, systemd, and a kernel that lets
 * root have namespaces and an overlay of its root; a run that must be complete has them.
 */
class SystemdBootTest {
  private static final Path SYSTEMD = Path.of("/lib/systemd/systemd");

  @TempDir Path folder;
  private BootServer s3;
  private Path work;

  @BeforeEach
  void prepare() throws Exception {
    String missing = missing();
    if (System.getenv("CI") != null) {
      assertThat(missing).isEmpty();
    }
    assumeTrue(missing.isEmpty(), missing);
    s3 = new BootServer(folder);
    work = Files.createDirectory(folder.resolve("work"));
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (InputStream script = SystemdBootTest.class.getResourceAsStream("systemd-boot.sh")) {
      Files.write(folder.resolve("boot.sh"), script.readAllBytes());
    }
  }

  /** What keeps these tests from running here; empty for nothing. */
  private static String missing() throws Exception {
    if (!Files.isExecutable(SYSTEMD)) {
      return "there is no " + SYSTEMD;
    }
    String tried =
        BootMachine.output(
            List.of(
                "unshare",
                "--mount",
                "/bin/sh",
                "-c",
                "mount -t tmpfs tmpfs /tmp && cd /tmp && mkdir a b c"
                    + " && mount -t overlay overlay -o lowerdir=/,upperdir=a,workdir=b c"
                    + " && mount -t cgroup2 cgroup2 a"));
    return tried.isEmpty() ? "" : "no root with namespaces and overlays: " + tried;
  }

  @AfterEach
  void close() {
    if (s3 != null) {
      s3.close();
    }
  }

  /**
   * Boots until the system has powered itself off; gives its console.
   *
   * @param prepare what is done in the new root before, with paths relative to it
   */
  private String boot(String prepare, boolean spot) throws Exception {
    s3.archive();
    s3.served.put(
        "/boot",
        BootObject.of(
            s3.attempt("s3://releases/app.tar.gz", Map.of("PASSWORD", "hunter-2")),
            spot,
            s3.reportUrl(),
            s3.archiveUrl()));
    Files.writeString(
        work.resolve("user-data"), UserData.script(s3.url("/boot"), s3.reportUrl(), 90));
    Path console = folder.resolve("console");
    String command =
        "unshare --mount /bin/sh '%s' '%s' '%s'"
            .formatted(folder.resolve("boot.sh"), work, prepare.replace("'", "'\\''"));
    Process process =
        new ProcessBuilder("script", "--quiet", "--flush", "--command", command, "" + console)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    boolean off = process.waitFor(60, TimeUnit.SECONDS);
    if (!off) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
    }
    String said = Files.readString(console).replace("\r", "");
    assertThat(off).as("it powers off: %s", said).isTrue();
    assertThat(said).contains("Powering off.").doesNotContain("hunter-2", "X-Amz");
    return said;
  }

  private void start(String script) throws Exception {
    Files.writeString(s3.bundle().resolve("bin/thumbs"), "#!/bin/sh\n" + script);
  }

  private String left(String name) throws Exception {
    return Files.readString(work.resolve(name));
  }

  @Test
  void aRunnerIsStartedWhereNothingMayBeExecutedInRunAndTmp() throws Exception {
    start(
        """
        id -un >/out/user
        pwd >/out/folder
        grep -E ' /(run|tmp) ' /proc/mounts >/out/mounts
        env >/out/env
        cat /run/flamepool/boot/key.pk8 >/out/key
        exit 12
        """);
    String console = boot("", false);
    assertThat(console).contains("flamepool: bin/thumbs ended in order, with 12");
    assertThat(left("user")).isEqualTo("flamepool\n");
    assertThat(left("folder")).isEqualTo("/srv/thumbs\n");
    assertThat(left("mounts").lines()).hasSize(2).allMatch(mount -> mount.contains("noexec"));
    assertThat(left("env")).contains("PASSWORD=hunter-2\n");
    assertThat(left("key")).isEqualTo("key.pk8 of uid-0");
    assertThat(s3.report()).isEmpty();
  }

  @Test
  void theNoticeOfASpotInstanceReachesItsRunner() throws Exception {
    s3.served.put("/latest/api/token", "T".getBytes(UTF_8));
    s3.served.put("/latest/meta-data/spot/instance-action", "{}".getBytes(UTF_8));
    start(
        """
        # The shell's own words: systemd may end whatever else runs in the unit.
        trap 'cd /run/flamepool/boot; printf "%s\\n" * >/out/boot; exit 143' TERM
        while :; do sleep 0.1; done
        """);
    String console =
        boot(
            """
            mkdir -p etc/systemd/system/flamepool-spot.service.d
            printf "[Service]\\nEnvironment=FLAMEPOOL_METADATA=%s\\n" \\
              >etc/systemd/system/flamepool-spot.service.d/test.conf
            """
                .formatted(s3.url("/latest")),
            true);
    assertThat(console).contains("EC2 takes this spot instance back", "ended in order, with 143");
    assertThat(left("boot").lines()).contains("spot-interrupted", "key.pk8");
  }

  @Test
  void aFolderThatMayNotExecuteIsFoundBeforeTheStart() throws Exception {
    start("exit 12\n");
    boot("mount -t tmpfs -o noexec tmpfs srv", false);
    assertThat(s3.why())
        .isEqualTo("could not run files of /srv/thumbs: it must not be mounted noexec");
  }

  /** As a policy of SELinux does, too: nothing tells it before, and EACCES is the answer. */
  @Test
  void aStartCommandThatIsForbiddenSaysSo() throws Exception {
    start("exec runtime/bin/java start\n");
    Path java = Files.createDirectories(s3.bundle().resolve("runtime/bin")).resolve("java");
    Files.copy(Path.of("/bin/true"), java);
    boot("mkdir -p srv/thumbs/runtime && mount -t tmpfs -o noexec tmpfs srv/thumbs/runtime", false);
    assertThat(s3.why())
        .startsWith("could not run bin/thumbs, or what it runs:")
        .contains("forbidden by a policy such as SELinux's");
    assertThat(s3.report()).contains("runtime/bin/java: Permission denied");
  }

  @Test
  void aStartCommandForAnotherMachineSaysSo() throws Exception {
    byte[] program = Files.readAllBytes(Path.of("/bin/true"));
    program[18] = (byte) 0xb7; // e_machine: if this is no ARM machine, that one is
    program[18] = Files.readAllBytes(Path.of("/bin/true"))[18] == program[18] ? 0x3e : program[18];
    Files.write(s3.bundle().resolve("bin/thumbs"), program);
    boot("", false);
    assertThat(s3.why()).contains("it is for another architecture than");
    assertThat(s3.report()).contains("Exec format error");
  }

  @Test
  void anAmiWithoutJavaSaysSo() throws Exception {
    start("exec java -cp 'lib/*' dev.flamepool.RunnerMain\n");
    boot("rm -f usr/bin/java", false);
    assertThat(s3.why())
        .isEqualTo(
            "could not run bin/thumbs: a command of it is not there; Java must be on the AMI's"
                + " PATH, or in the bundle");
    assertThat(s3.report()).contains("java: not found");
  }

  @Test
  void aBundleWithItsOwnRuntimeNeedsNoJavaOfTheAmi() throws Exception {
    start("exec java -version 2>/out/version\n");
    Path runtime = s3.bundle().resolve("runtime");
    String made =
        BootMachine.output(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--add-modules",
                "java.base",
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "--output",
                runtime.toString()));
    assertThat(runtime.resolve("bin/java")).as(made).isExecutable();
    boot("rm -f usr/bin/java", false);
    assertThat(s3.why()).isEqualTo("exit code 0 of bin/thumbs");
    assertThat(left("version")).contains("\"" + System.getProperty("java.version") + "\"");
  }

  @Test
  void aFullDiskSaysSo() throws Exception {
    start("exit 12\n");
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    Files.write(s3.bundle().resolve("large"), large);
    boot("mount -t tmpfs -o size=512k tmpfs srv", false);
    assertThat(s3.why())
        .startsWith("could not fetch the bundle: curl: (23)")
        .endsWith("(the file system of /srv/thumbs is full)");
  }

  @Test
  void aStartCommandThatReturnsIsReportedWithItsLastLines() throws Exception {
    start("echo usage: thumbs FILE; exit 0\n");
    String console = boot("", false);
    assertThat(s3.why()).isEqualTo("exit code 0 of bin/thumbs");
    assertThat(s3.report()).contains("usage: thumbs FILE");
    assertThat(console).contains("usage: thumbs FILE");
  }
}
