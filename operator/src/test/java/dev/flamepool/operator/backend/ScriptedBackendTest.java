package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The scripted cloud keeps the contract too, with every delay it has. */
class ScriptedBackendTest extends RunnerBackendContract {
  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private ScriptedBackend backend = new ScriptedBackend(cloud);

  ScriptedBackendTest() {
    cloud.bootTime(Duration.ofSeconds(2));
    cloud.visibleAfter(Duration.ofSeconds(1));
    cloud.stopTime(Duration.ofSeconds(2));
    cloud.deleteTime(Duration.ofSeconds(2));
  }

  @AfterEach
  void invariants() {
    CloudInvariants.held(cloud.log(), 2);
  }

  @Override
  protected RunnerBackend backend() {
    return backend;
  }

  @Override
  protected RunnerBackend restarted() {
    backend = new ScriptedBackend(cloud);
    return backend;
  }

  @Override
  protected BackendEntry entry() {
    return new BackendEntry("good", null, null, null, null, null);
  }

  @Override
  protected BackendEntry badEntry() {
    cloud.verdict("no such region");
    return new BackendEntry("bad", null, null, null, null, null);
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
  protected Map<String, byte[]> boot(MachineKey key) {
    return Map.of();
  }
}
