package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.Machine.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every backend must do, whatever its machines are (DESIGN sections 3 and 8). */
public abstract class RunnerBackendContract {
  protected static final String INSTALLATION = "inst-1";
  protected static final Duration GRACE = Duration.ofSeconds(10);

  protected final MachineKey key = newKey(INSTALLATION, 1);

  /** The backend of the operator that runs now. */
  protected abstract RunnerBackend backend();

  /** The same after the operator was killed and started again; what it knew in memory is lost. */
  protected abstract RunnerBackend restarted();

  /** A valid entry. */
  protected abstract BackendEntry entry();

  /** An entry that can never launch. */
  protected abstract BackendEntry badEntry();

  /** A machine dies without a word. */
  protected abstract void kill(Machine machine);

  /** How many machines of a runner really live, whatever the backend says. */
  protected abstract int alive(String runnerUid);

  /** Lets some time pass. */
  protected abstract void pass();

  /** Waits until a running machine's runner is done with its boot, where there is a runner. */
  protected void awaitServing(Machine running) {}

  /** The content of the boot Secret. */
  protected abstract Map<String, byte[]> boot(MachineKey key);

  protected static MachineKey newKey(String installation, int attempt) {
    return new MachineKey(
        installation, "ns", "thumbs", "thumbs-0", UUID.randomUUID().toString(), attempt);
  }

  protected final LaunchAttempt attempt(MachineKey of) {
    return new LaunchAttempt(of, of.runnerUid() + "-" + of.attempt(), "", entry(), boot(of));
  }

  protected final Optional<Machine> find(MachineKey of) {
    try {
      return backend().find(of);
    } catch (BackendException e) {
      assertThat(e.kind()).isEqualTo(BackendException.Kind.AMBIGUOUS);
      return Optional.empty();
    }
  }

  protected final Machine awaitState(MachineKey of, State state) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              pass();
              return find(of).filter(m -> m.state() == state);
            },
            Optional::isPresent)
        .orElseThrow();
  }

  protected final void deleteUntilGone(MachineKey of) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try {
                backend().delete(of);
                pass();
                return backend().find(of).isEmpty();
              } catch (BackendException e) {
                return false;
              }
            });
  }

  private static List<MachineKey> keys(List<Machine> machines) {
    return machines.stream().map(Machine::key).toList();
  }

  @Test
  void aLaunchedMachineRunsAtAnAddress() throws Exception {
    Machine launched = backend().launch(attempt(key));
    assertThat(launched.key()).isEqualTo(key);
    assertThat(launched.id()).isNotEmpty();
    Machine running = awaitState(key, State.RUNNING);
    assertThat(running.address()).get().asString().matches("[0-9.]+:\\d+");
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void aReplayGivesTheSameMachineAlsoAfterARestart() throws Exception {
    Machine first = backend().launch(attempt(key));
    assertThat(backend().launch(attempt(key)).id()).isEqualTo(first.id());
    awaitState(key, State.RUNNING);
    assertThat(restarted().launch(attempt(key)).id()).isEqualTo(first.id());
    assertThat(keys(backend().list(INSTALLATION))).containsExactly(key);
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void concurrentReplaysGiveOneMachine() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<String>> replays = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        replays.add(() -> backend().launch(attempt(key)).id());
      }
      Set<String> ids = new HashSet<>();
      for (Future<String> id : threads.invokeAll(replays)) {
        ids.add(id.get());
      }
      assertThat(ids).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
    awaitState(key, State.RUNNING);
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void aRestartedOperatorFindsWhatLives() throws Exception {
    Machine launched = backend().launch(attempt(key));
    restarted();
    Machine found = awaitState(key, State.RUNNING);
    assertThat(found.id()).isEqualTo(launched.id());
    assertThat(keys(backend().list(INSTALLATION))).containsExactly(key);
  }

  @Test
  void aStopEndsItInOrderAndIsHarmlessAgain() throws Exception {
    backend().launch(attempt(key));
    awaitServing(awaitState(key, State.RUNNING));
    backend().stop(key, GRACE);
    backend().stop(key, GRACE);
    Machine ended = awaitState(key, State.ENDED);
    assertThat(ended.exitCode()).hasValue(12);
    assertThat(ended.cause()).isEqualTo("Drained");
    assertThat(ended.lastLines()).as("nothing failed").isEmpty();
    backend().stop(key, GRACE);
    assertThat(alive(key.runnerUid())).isZero();
    assertThat(backend().launch(attempt(key)).state())
        .as("a replay does not bring the dead back")
        .isEqualTo(State.ENDED);
  }

  @Test
  void aDeleteDuringTheLaunchLeavesNothing() throws Exception {
    backend().launch(attempt(key));
    deleteUntilGone(key);
    assertThat(alive(key.runnerUid())).isZero();
    assertThat(backend().list(INSTALLATION)).isEmpty();
    backend().delete(key);
    assertThat(backend().find(key)).isEmpty();
  }

  @Test
  void whatIsUnknownIsNoneAndCanBeEnded() throws Exception {
    assertThat(backend().find(key)).isEmpty();
    backend().stop(key, GRACE);
    backend().delete(key);
    assertThat(backend().list(INSTALLATION)).isEmpty();
  }

  @Test
  void theNextAttemptIsAnotherMachine() throws Exception {
    MachineKey second =
        new MachineKey(
            key.installation(), key.namespace(), key.pool(), key.runner(), key.runnerUid(), 2);
    String id = backend().launch(attempt(key)).id();
    deleteUntilGone(key);
    assertThat(backend().find(second)).isEmpty();
    assertThat(backend().launch(attempt(second)).id()).isNotEqualTo(id);
    awaitState(second, State.RUNNING);
    assertThat(find(key)).isEmpty();
    backend().delete(key);
    assertThat(alive(key.runnerUid())).as("the first attempt's delete spares it").isEqualTo(1);
  }

  @Test
  void aDeathIsNoticedWithoutAsking() throws Exception {
    Set<String> changed = ConcurrentHashMap.newKeySet();
    backend().onChange(changed::add);
    backend().launch(attempt(key));
    Machine running = awaitState(key, State.RUNNING);
    changed.clear();
    kill(running);
    await().until(() -> changed.contains(key.runnerUid()));
    Machine ended = awaitState(key, State.ENDED);
    assertThat(ended.exitCode().orElse(-1)).isNotZero();
  }

  @Test
  void aListHoldsOnlyTheOwnInstallation() throws Exception {
    MachineKey foreign = newKey("inst-2", 1);
    backend().launch(attempt(key));
    backend().launch(attempt(foreign));
    awaitState(key, State.RUNNING);
    awaitState(foreign, State.RUNNING);
    assertThat(keys(backend().list(INSTALLATION))).containsExactly(key);
    assertThat(keys(backend().list("inst-2"))).containsExactly(foreign);
  }

  @Test
  void aBadEntryIsNamedBeforeAnythingIsMade() throws Exception {
    assertThat(backend().validate(entry())).isEmpty();
    assertThat(backend().validate(badEntry())).isPresent();
    assertThat(backend().list(INSTALLATION)).isEmpty();
  }
}
