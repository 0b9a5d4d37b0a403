package dev.flamepool.operator.backend.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.RunnerBackendContract;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The contract on an API server, with somebody who says what a kubelet would. */
class PodContractTest extends RunnerBackendContract {
  private static final String NAMESPACE = "pod-contract";

  private final FakeKubelet kubelet = new FakeKubelet(PodCluster.client(), NAMESPACE);
  private PodRunnerBackend backend = open();

  private static PodRunnerBackend open() {
    return new PodRunnerBackend(PodCluster.client(), List.of(NAMESPACE), Clock.systemUTC());
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (String installation : List.of(INSTALLATION, "inst-2")) {
      for (MachineRef machine : backend.list(installation, Places.INLINE)) {
        deleteUntilGone(machine.key());
      }
      assertThat(backend.list(installation, Places.INLINE)).isEmpty();
    }
    TestRunners.clear(NAMESPACE);
    backend.close();
    kubelet.close();
  }

  @Override
  protected MachineKey newKey(String installation, int attempt) {
    return TestRunners.create(PodCluster.namespace(NAMESPACE), installation, attempt, entry());
  }

  @Override
  protected RunnerBackend backend() {
    return backend;
  }

  @Override
  protected RunnerBackend restarted() {
    backend.close();
    backend = open();
    return backend;
  }

  @Override
  protected BackendEntry entry() {
    return PodFixtures.entry("template: {spec: {containers: [{name: app, image: 'shop:v1'}]}}");
  }

  @Override
  protected BackendEntry badEntry() {
    return PodFixtures.entry("template: {spec: {containers: [{name: app}]}}");
  }

  @Override
  protected void kill(Machine machine) {
    kubelet.kill(machine.id());
  }

  @Override
  protected int alive(String runnerUid) {
    return kubelet.alive(runnerUid);
  }

  @Override
  protected void pass() {}

  @Override
  protected Map<String, byte[]> boot(MachineKey key) {
    return FlyFixtures.boot(key, Map.of());
  }
}
