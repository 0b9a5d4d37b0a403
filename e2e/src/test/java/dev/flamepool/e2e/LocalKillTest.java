package dev.flamepool.e2e;

import static dev.flamepool.e2e.Gate.Fate.LATE;
import static dev.flamepool.e2e.Gate.Fate.LOST;
import static dev.flamepool.e2e.Gate.Fate.UNANSWERED;
import static dev.flamepool.e2e.Kills.ending;
import static dev.flamepool.e2e.Kills.growing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** kill -9 of the operator around its own steps, with processes of this host for runners. */
class LocalKillTest extends Scenario {
  @AutoClose Gate gate;
  private final Host host = new Host();
  private Path kubeconfig;
  private JavaProcess app;

  @Override
  Path operatorKubeconfig() {
    return kubeconfig;
  }

  @TestFactory
  Stream<DynamicTest> aKilledOperatorLeavesNoProcess() throws Exception {
    gate = Gate.before(cluster);
    kubeconfig = gate.kubeconfig(cluster, folder.resolve("operator.kubeconfig"));
    app = startApp("app", "none");
    return new Kills(this, host, () -> startOperatorProcess("--no-leader-election"), app)
        .at(
            growing("own objects", "runner late", gate.trap(LATE, ApiPoints.RUNNER)),
            growing("own objects", "runner unanswered", gate.trap(UNANSWERED, ApiPoints.RUNNER)),
            growing(
                "own objects",
                "boot Secret unanswered",
                gate.trap(UNANSWERED, ApiPoints.BOOT_SECRET)),
            growing("own objects", "attempt lost", gate.trap(LOST, ApiPoints.ATTEMPT)),
            growing(
                "process",
                "attempt written, no folder",
                gate.trap(UNANSWERED, ApiPoints.ATTEMPT).where(() -> host.count() == 0)),
            growing(
                "process",
                "it runs, its id lost",
                gate.trap(LOST, ApiPoints.MACHINE).where(() -> !host.processes().isEmpty())),
            growing("process", "it has no address", new LateChildren()),
            growing("endpoints", "lost", gate.trap(LOST, ApiPoints.ENDPOINTS)),
            ending("end", "told to stop, in its call", new LastCall()),
            ending(
                "finalizer",
                "folder gone, finalizer lost",
                gate.trap(LOST, ApiPoints.FINALIZER).where(() -> host.count() < 2)));
  }

  private Path late() {
    return folder.resolve("late");
  }

  /** The state directory. */
  private final class Host implements Machines {
    @Override
    public String backend() {
      return "{name: local, local: {mainClass: dev.flamepool.e2e.LateRunner, %s}}"
          .formatted(jvmOptions("-D" + LateRunner.WHILE + "=" + late()));
    }

    List<Path> folders() throws IOException {
      try (Stream<Path> all = Files.list(folder.resolve("runners"))) {
        return all.filter(each -> !each.getFileName().toString().startsWith(".")).toList();
      }
    }

    @Override
    public int count() throws IOException {
      return folders().size();
    }

    @Override
    public List<ProcessHandle> processes() {
      return runnerProcesses();
    }

    @Override
    public void assertNothingWrong() {}
  }

  /** Children have been started and are on record, and do nothing. */
  private final class LateChildren implements Trap {
    @Override
    public void set() throws Exception {
      Files.createFile(late());
    }

    @Override
    public boolean isSprung() throws Exception {
      return !host.processes().isEmpty()
          && host.folders().stream().noneMatch(each -> Files.exists(each.resolve("address")))
          && runners().stream()
              .anyMatch(r -> r.getStatus() != null && r.getStatus().machine() != null);
    }

    @Override
    public void open() throws Exception {
      Files.deleteIfExists(late());
    }
  }

  /** A runner was told to stop and has a call that does not end. */
  private final class LastCall implements Trap {
    private final Path file = folder.resolve("last-call");

    @Override
    public void set() throws Exception {
      app.say("hold last " + file);
      await("the call to run", () -> Files.exists(file));
    }

    @Override
    public boolean isSprung() throws Exception {
      String pid = Files.readString(file);
      return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent()
          && host.folders().stream()
              .anyMatch(each -> Files.exists(each.resolve("stopping")) && isOf(each, pid));
    }

    private boolean isOf(Path runner, String pid) {
      try {
        return Files.readString(runner.resolve("pid")).strip().equals(pid);
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void open() {
      app.say("release last");
    }
  }
}
