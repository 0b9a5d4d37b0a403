package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/** What every backend must do, whatever its machines are. */
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

  /** Whether a runner can leave more behind than its exit code. */
  protected boolean tellsCauses() {
    return true;
  }

  /** Whether the backend knows with what code a process ended. */
  protected boolean tellsCodes() {
    return true;
  }

  /** Whether the backend hears of changes without looking. */
  protected boolean isTold() {
    return true;
  }

  /** The content of the boot Secret. */
  protected abstract Map<String, byte[]> boot(MachineKey key);

  /** The key of a new runner's machine. Called once before the test class's own fields are set. */
  protected MachineKey newKey(String installation, int attempt) {
    return new MachineKey(
        installation, "ns", "thumbs", "thumbs-0", UUID.randomUUID().toString(), attempt);
  }

  protected final LaunchAttempt attempt(MachineKey of) {
    return new LaunchAttempt(
        of, of.runnerUid() + "-" + of.attempt(), "", entry(), Boot.of(boot(of)));
  }

  protected final MachineRef ref(MachineKey of) {
    return MachineRef.of(of, entry());
  }

  /** The backend is sure that it holds none, now or once its answers no longer lag. */
  protected final void awaitNone(MachineKey of) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try {
                return backend().find(ref(of)).isEmpty();
              } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.AMBIGUOUS);
                pass();
                return false;
              }
            });
  }

  protected final Optional<Machine> find(MachineKey of) {
    try {
      return backend().find(ref(of));
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
                backend().delete(ref(of));
                pass();
                return backend().find(ref(of)).isEmpty();
              } catch (BackendException e) {
                return false;
              }
            });
  }

  private List<MachineKey> listed(String installation) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try {
                return Optional.of(
                    backend().list(installation, Places.INLINE).stream()
                        .map(MachineRef::key)
                        .toList());
              } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.AMBIGUOUS);
                pass();
                return Optional.<List<MachineKey>>empty();
              }
            },
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void aLaunchedMachineRunsAtAnAddress() throws Exception {
    Machine launched = backend().launch(attempt(key));
    assertThat(launched.key()).isEqualTo(key);
    assertThat(launched.id()).isNotEmpty();
    Machine running = awaitState(key, State.RUNNING);
    assertThat(running.address()).get().asString().matches("([0-9.]+|\\[[0-9a-f:.]+]):\\d+");
    assertThat(alive(key.runnerUid())).isEqualTo(1);
  }

  @Test
  void aReplayGivesTheSameMachineAlsoAfterARestart() throws Exception {
    Machine first = backend().launch(attempt(key));
    assertThat(backend().launch(attempt(key)).id()).isEqualTo(first.id());
    awaitState(key, State.RUNNING);
    assertThat(restarted().launch(attempt(key)).id()).isEqualTo(first.id());
    assertThat(listed(INSTALLATION)).containsExactly(key);
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
    assertThat(listed(INSTALLATION)).containsExactly(key);
  }

  @Test
  void aStopEndsItInOrderAndIsHarmlessAgain() throws Exception {
    backend().launch(attempt(key));
    awaitServing(awaitState(key, State.RUNNING));
    backend().stop(ref(key), GRACE);
    backend().stop(ref(key), GRACE);
    Machine ended = awaitState(key, State.ENDED);
    if (tellsCodes()) {
      assertThat(ended.exitCode()).hasValue(12);
    }
    assertThat(ended.cause()).isEqualTo(tellsCauses() ? "Drained" : "");
    assertThat(ended.lastLines()).as("nothing failed").isEmpty();
    backend().stop(ref(key), GRACE);
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
    assertThat(listed(INSTALLATION)).isEmpty();
    backend().delete(ref(key));
    awaitNone(key);
  }

  @Test
  void whatIsUnknownIsNoneAndCanBeEnded() throws Exception {
    awaitNone(key);
    backend().stop(ref(key), GRACE);
    backend().delete(ref(key));
    assertThat(listed(INSTALLATION)).isEmpty();
  }

  @Test
  void theNextAttemptIsAnotherMachine() throws Exception {
    MachineKey second =
        new MachineKey(
            key.installation(), key.namespace(), key.pool(), key.runner(), key.runnerUid(), 2);
    String id = backend().launch(attempt(key)).id();
    deleteUntilGone(key);
    awaitNone(second);
    assertThat(backend().launch(attempt(second)).id()).isNotEqualTo(id);
    awaitState(second, State.RUNNING);
    assertThat(find(key)).isEmpty();
    backend().delete(ref(key));
    assertThat(alive(key.runnerUid())).as("the first attempt's delete spares it").isEqualTo(1);
  }

  @Test
  void aDeathIsNoticedWithoutAsking() throws Exception {
    assumeTrue(isTold());
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
    assertThat(listed(INSTALLATION)).containsExactly(key);
    assertThat(listed("inst-2")).containsExactly(foreign);
  }

  @Test
  void aBadEntryIsNamedBeforeAnythingIsMade() throws Exception {
    assertThat(backend().validate(entry())).isEmpty();
    assertThat(backend().validate(badEntry())).isPresent();
    assertThat(listed(INSTALLATION)).isEmpty();
  }
}
