package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.ScriptedCloud.Operation;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptedCloudTest {
  private final ManualClock clock = new ManualClock();
  private final ScriptedCloud cloud = new ScriptedCloud(clock);
  private final ScriptedBackend backend = new ScriptedBackend(cloud);
  private final MachineKey key = new MachineKey("inst", "ns", "thumbs", "thumbs-0", "uid-0", 1);

  private static LaunchAttempt attempt(MachineKey key) {
    BackendEntry entry = new BackendEntry("x", null, null, null, null, null);
    return new LaunchAttempt(key, "t" + key.attempt(), "fra", entry, Boot.of(Map.of()));
  }

  private static MachineRef ref(MachineKey key) {
    return attempt(key).ref();
  }

  @Test
  void aLostResponseLeavesTheMachineAndAReplayFindsIt() throws Exception {
    cloud.next(Operation.LAUNCH, new Fault.LoseResponse());
    assertThatThrownBy(() -> backend.launch(attempt(key)))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.AMBIGUOUS));
    assertThat(backend.launch(attempt(key)).id()).isEqualTo(cloud.live().get(0).id());
    CloudInvariants.held(cloud.log(), 1);
  }

  @Test
  void aLateCreateComesUnlessADeleteCameBetween() throws Exception {
    MachineKey other = new MachineKey("inst", "ns", "thumbs", "thumbs-1", "uid-1", 1);
    cloud.next(
        Operation.LAUNCH,
        new Fault.Late(Duration.ofSeconds(5)),
        new Fault.Late(Duration.ofSeconds(5)));
    assertThatThrownBy(() -> backend.launch(attempt(key))).isInstanceOf(BackendException.class);
    assertThatThrownBy(() -> backend.launch(attempt(other))).isInstanceOf(BackendException.class);
    assertThatThrownBy(() -> backend.find(ref(key))).isInstanceOf(BackendException.class);
    backend.delete(ref(other));
    clock.advance(Duration.ofSeconds(5));
    assertThat(backend.find(ref(key))).isPresent();
    assertThat(backend.find(ref(other))).isEmpty();
    assertThat(cloud.live()).hasSize(1);
  }

  @Test
  void newMachinesAreInvisibleForAWhile() throws Exception {
    cloud.visibleAfter(Duration.ofSeconds(3));
    backend.launch(attempt(key));
    assertThat(backend.list("inst", Places.INLINE)).isEmpty();
    assertThatThrownBy(() -> backend.find(ref(key))).isInstanceOf(BackendException.class);
    clock.advance(Duration.ofSeconds(3));
    assertThat(backend.list("inst", Places.INLINE)).hasSize(1);
    assertThat(backend.list("another", Places.INLINE)).isEmpty();
  }

  @Test
  void theInvariantsSeeASecondMachineOfARunner() throws Exception {
    MachineKey second = new MachineKey("inst", "ns", "thumbs", "thumbs-0", "uid-0", 2);
    backend.launch(attempt(key));
    backend.launch(attempt(second));
    assertThatThrownBy(() -> CloudInvariants.held(cloud.log(), 5))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> CloudInvariants.nothingLeft(cloud)).isInstanceOf(AssertionError.class);
  }

  @Test
  void everyCallIsTwoCrashPointsAndTheDeadStayDead() throws Exception {
    CrashPoints points = CrashPoints.at(1);
    ScriptedBackend dying = new ScriptedBackend(cloud, points);
    assertThatThrownBy(() -> dying.launch(attempt(key)))
        .isInstanceOf(SimulatedCrash.class)
        .hasMessage("killed after launch thumbs-0#1");
    assertThatThrownBy(() -> dying.find(ref(key))).isInstanceOf(SimulatedCrash.class);
    assertThat(cloud.live()).hasSize(1);
    assertThat(new ScriptedBackend(cloud).find(ref(key))).isPresent();
  }
}
