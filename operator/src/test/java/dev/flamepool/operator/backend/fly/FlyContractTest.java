package dev.flamepool.operator.backend.fly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.CloudInvariants;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.MemoryCredentials;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import dev.flamepool.operator.backend.ScriptedCloud;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The contract over HTTP, with every delay that the scripted cloud has. */
class FlyContractTest extends RunnerBackendContract {
  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final FlyServer server = new FlyServer(cloud);
  private final MemoryCredentials credentials =
      new MemoryCredentials(Map.of("token", FlyServer.TOKEN));
  private RunnerBackend backend = open();

  FlyContractTest() throws IOException {
    cloud.bootTime(Duration.ofSeconds(2));
    cloud.stopTime(Duration.ofSeconds(2));
    cloud.deleteTime(Duration.ofSeconds(2));
  }

  private RunnerBackend open() {
    return FlyFixtures.backend(credentials, server, clock, CrashPoints.never());
  }

  @AfterEach
  void nothingWasWrong() {
    server.close();
    CloudInvariants.held(cloud.log(), 2);
    for (FlyServer.Seen seen : server.seen()) {
      assertThat(seen.violations()).as(seen.toString()).isEmpty();
    }
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
    return FlyFixtures.entry(server.url());
  }

  @Override
  protected BackendEntry badEntry() {
    return FlyFixtures.entry("http://elsewhere");
  }

  @Override
  protected void kill(Machine machine) {
    cloud.die(machine.key().runnerUid(), 137, "");
  }

  @Override
  protected int alive(String runnerUid) {
    return (int) cloud.live().stream().filter(m -> m.key().runnerUid().equals(runnerUid)).count();
  }

  @Override
  protected void pass() {
    clock.advance(Duration.ofMillis(500));
  }

  @Override
  protected boolean tellsCauses() {
    return false;
  }

  @Override
  protected boolean isTold() {
    return false;
  }

  @Override
  protected Map<String, byte[]> boot(MachineKey key) {
    return FlyFixtures.boot(key, Map.of());
  }
}
