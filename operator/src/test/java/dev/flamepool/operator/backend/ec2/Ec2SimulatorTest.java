package dev.flamepool.operator.backend.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RateTokens;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import dev.flamepool.operator.control.WireRunnerLinks;
import dev.flamepool.operator.credentials.TestCredentials;
import dev.flamepool.simulators.ec2.Ec2Simulator;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The contract against the simulator, whose instances run the bootstrap script, and with it real
 * runners. The backend's clock is the test's, so that settling takes no time.
 */
class Ec2SimulatorTest extends RunnerBackendContract {
  private static final String POOL_UID = "pool-uid";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final TestCredentials identities = new TestCredentials();
  private final WireRunnerLinks links = new WireRunnerLinks(identities);
  private final MemoryCredentials credentials = Ec2Fixtures.credentials();
  private final Map<MachineKey, Map<String, byte[]>> secrets = new HashMap<>();
  private final List<Ec2RunnerBackend> opened = new ArrayList<>();
  private Ec2Simulator simulator;
  private RunnerBackend backend;

  @BeforeEach
  void start() throws Exception {
    simulator =
        Ec2Simulator.start(
            new dev.flamepool.simulators.ec2.Ec2Options()
                .stateDir(folder.resolve("state"))
                .rateLimits(false)
                .bucket("releases"));
    bundle();
    backend = open();
  }

  /** The application's bundle, in both forms. */
  private void bundle() throws Exception {
    Path bucket = simulator.bucket("releases");
    Path bin = Files.createDirectories(bucket.resolve("app/bin"));
    Files.writeString(
        bin.resolve("thumbs"),
        """
        #!/bin/sh
        [ "$1" = start ] || exit 2
        exec '%s/bin/java' -XX:+UseSerialGC -Xmx64m -cp '%s' dev.flamepool.RunnerMain
        """
            .formatted(System.getProperty("java.home"), classPath()));
    Process tar =
        new ProcessBuilder(
                "tar",
                "-czf",
                bucket.resolve("app.tar.gz").toString(),
                "-C",
                bucket.resolve("app").toString(),
                "bin")
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
  }

  @AfterEach
  void close() throws IOException {
    links.close();
    opened.forEach(Ec2RunnerBackend::close);
    simulator.close();
    assertThat(asked()).isSubsetOf(Permissions.policy());
  }

  /** The actions of all requests, whoever sent them. */
  private Set<String> asked() {
    return simulator.requests().stream()
        .map(request -> request.operation().split(":", -1))
        .filter(words -> !words[0].equals("imds"))
        .map(
            words ->
                words.length == 1
                    ? Permissions.of("ec2", words[0])
                    : Permissions.of(words[0], words[1]))
        .collect(Collectors.toSet());
  }

  private RunnerBackend open() {
    Ec2RunnerBackend made =
        new Ec2RunnerBackend(
            credentials,
            new Endpoints(Set.of(simulator.uri().toString())),
            Set.of(),
            Map.of(),
            clock);
    opened.add(made);
    return made;
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.contains("runner-lib") || entry.contains("jspecify"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  protected RunnerBackend backend() {
    return backend;
  }

  @Override
  protected RunnerBackend restarted() {
    backend = open();
    return backend;
  }

  @Override
  protected BackendEntry entry() {
    return entry("s3://releases/app.tar.gz");
  }

  private BackendEntry entry(String bundle) {
    return Ec2Fixtures.entry(
        "s3BundleUrl",
        "\"" + bundle + "\"",
        "ec2ServiceEndpoint",
        "\"" + simulator.uri() + "\"",
        "subnetId",
        "\"subnet-0a\"",
        "securityGroupId",
        "\"sg-0a\"");
  }

  @Override
  protected BackendEntry badEntry() {
    return Ec2Fixtures.entry("ec2ServiceEndpoint", "\"http://elsewhere\"");
  }

  @Override
  protected void kill(Machine machine) {
    throw new UnsupportedOperationException("nobody is told of it");
  }

  /** Instances that EC2 counts, as their runners take a while to start. */
  @Override
  protected int alive(String runnerUid) {
    try (Ec2Clients clients = new Ec2Clients(Ec2Clients.connections(Proxies.of(Map.of()))::build)) {
      AwsBasicCredentials identity = AwsBasicCredentials.create("AKIDEXAMPLE", "secret");
      Session session =
          new Session(
              Ec2Options.account(new Tenant("ns", entry()), "eu-central-1"),
              "eu-central-1",
              Optional.of(simulator.uri().toString()),
              StaticCredentialsProvider.create(identity),
              identity,
              Map.of());
      return (int)
          new Ec2Calls(new RateTokens(clock, uid -> {}), clients)
              .list(session, INSTALLATION).stream()
                  .filter(instance -> !instance.isGone())
                  .filter(instance -> instance.tags().get("flamepool:uid").equals(runnerUid))
                  .count();
    } catch (AwsException | BackendException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The runners' processes that really are. */
  private List<ProcessHandle> processes(String runnerUid) {
    return ProcessHandle.allProcesses()
        .filter(process -> isOf(process, runnerUid))
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .toList();
  }

  private static boolean isOf(ProcessHandle process, String runnerUid) {
    try {
      String text = Files.readString(Path.of("/proc/" + process.pid() + "/environ"));
      return Arrays.stream(text.split("\0", -1))
          .filter(variable -> variable.startsWith(FlameParent.VARIABLE + "="))
          .map(variable -> variable.substring(FlameParent.VARIABLE.length() + 1))
          .anyMatch(parent -> FlameParent.decode(parent).uid().equals(runnerUid));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      return false; // gone, or somebody else's
    }
  }

  @Override
  protected void pass() {
    clock.advance(Duration.ofSeconds(3));
  }

  @Override
  protected boolean tellsCauses() {
    return false;
  }

  @Override
  protected boolean tellsCodes() {
    return false;
  }

  @Override
  protected boolean isTold() {
    return false;
  }

  @Override
  protected synchronized Map<String, byte[]> boot(MachineKey of) {
    return secrets.computeIfAbsent(of, key -> boot(key, entry(), Map.of()));
  }

  private Map<String, byte[]> boot(MachineKey of, BackendEntry entry, Map<String, String> env) {
    Map<String, byte[]> boot = Ec2Fixtures.boot(of, env);
    boot.putAll(identities.runnerIdentity(POOL_UID, of.runnerUid(), Duration.ofDays(1)));
    try {
      boot.putAll(backend.prepare(of, entry, ""));
    } catch (BackendException e) {
      throw new IllegalStateException(e);
    }
    return boot;
  }

  @Override
  protected void awaitServing(Machine running) {
    links.keep(
        new RunnerTarget(
            key.namespace(),
            key.pool(),
            POOL_UID,
            key.runner(),
            key.runnerUid(),
            running.address().orElseThrow()));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> links.report(key.runnerUid()).map(RunnerReport::state),
            state -> state.equals(Optional.of(RunnerReport.State.SERVING)));
  }

  @Test
  void aFolderServesAsWellAndEveryVariableArrivesAsItIs() throws Exception {
    BackendEntry folderEntry = entry("s3://releases/app");
    String awkward = "p\"$`'\\ $(id)\nEOF\n=1 #";
    Machine launched =
        backend.launch(
            new LaunchAttempt(
                key,
                "t",
                "",
                folderEntry,
                Boot.of(boot(key, folderEntry, Map.of("PASSWORD", awkward)))));
    awaitServing(awaitState(key, Machine.State.RUNNING));
    List<String> environments =
        processes(key.runnerUid()).stream().map(process -> environ(process.pid())).toList();
    assertThat(environments).hasSize(1);
    assertThat(environments.get(0).split("\0", -1)).contains("PASSWORD=" + awkward);
    backend.stop(MachineRef.of(key, folderEntry), GRACE);
    awaitState(key, Machine.State.ENDED);
    assertThat(processes(key.runnerUid())).isEmpty();
    assertThat(
            new String(simulator.console(launched.id()), java.nio.charset.StandardCharsets.UTF_8))
        .contains("flamepool: the runner is started")
        .doesNotContain("X-Amz-Signature");
  }

  @Test
  void aBootThatFailsSaysWhy() throws Exception {
    Path bin = simulator.bucket("releases").resolve("broken/bin");
    Files.createDirectories(bin);
    Files.writeString(bin.resolve("thumbs"), "#!/bin/sh\necho no such option: $1 >&2\nexit 3\n");
    BackendEntry broken = entry("s3://releases/broken");
    String missing = "s3://releases/app.tar.gz#sha256=" + "0".repeat(64);
    MachineKey second = new MachineKey(INSTALLATION, "ns", "thumbs", "thumbs-8", "uid-8", 1);
    backend.launch(new LaunchAttempt(key, "t", "", broken, Boot.of(boot(key, broken, Map.of()))));
    backend.launch(
        new LaunchAttempt(
            second, "t", "", entry(missing), Boot.of(boot(second, entry(missing), Map.of()))));
    awaitState(key, Machine.State.ENDED);
    awaitState(second, Machine.State.ENDED);
    MachineOutput said = backend.output(MachineRef.of(key, broken));
    assertThat(said.why())
        .isEqualTo("could not keep bin/thumbs running: it ended with exit code 3");
    assertThat(said.lines()).contains("no such option: start");
    assertThat(backend.output(MachineRef.of(second, entry(missing))).why())
        .startsWith("could not verify the digest of the bundle");
    for (MachineRef ref : List.of(MachineRef.of(key, broken), MachineRef.of(second, entry()))) {
      backend.delete(ref);
      pass();
      assertThat(backend.find(ref)).isEmpty();
    }
    try (Stream<Path> left = Files.walk(simulator.bucket("releases").resolve("flamepool-boot"))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private static String environ(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/environ"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
