package dev.flamepool.operator.backend.local;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runners as child JVMs on the operator's host. All state lies in one folder per runner below the
 * state directory, so the children outlive a killed operator and the next one finds them again; the
 * lock that a runner holds on its folder decides which child is the machine, whatever was started
 * twice or late.
 *
 * <p>A child's environment is exactly {@code FLAME_*} and the pool's own, see {@link RunnerEnv}. It
 * shares the operator's terminal: Ctrl-C there ends both.
 */
public final class LocalBackend implements RunnerBackend, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalBackend.class);

  /** A folder is found by its key alone. */
  private static final BackendEntry ANYWHERE =
      new BackendEntry(BackendKind.LOCAL.field(), null, null, null, null, null);

  private static final Pattern UID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

  private final FolderStore store;
  private final LocalCommand command;
  private final Clock clock;
  private final Attention attention = new Attention();
  private final Children children;
  private final Inspector inspector;
  private final Object[] monitors = new Object[64];

  /**
   * A backend on a state directory, which is created if missing and readable for this user only.
   *
   * @param stateDir the operator's {@code --state-dir}; the same after a restart
   * @param classPath the operator's {@code --local-class-path}; null for none
   * @throws IOException if the directory cannot be used
   */
  public LocalBackend(Path stateDir, @Nullable String classPath, Clock clock) throws IOException {
    this.store = new FolderStore(stateDir);
    this.command = new LocalCommand(classPath);
    this.clock = clock;
    this.children = new Children(command, attention);
    this.inspector = new Inspector(children, attention, clock);
    for (int i = 0; i < monitors.length; i++) {
      monitors[i] = new Object();
    }
  }

  @Override
  public BackendKind kind() {
    return BackendKind.LOCAL;
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return command.validate(entry.local());
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    MachineKey key = attempt.key();
    Optional<String> problem =
        UID.matcher(key.runnerUid()).matches()
            ? validate(attempt.entry())
            : Optional.of("runner uid " + key.runnerUid() + " is not fit to name a folder");
    if (problem.isPresent()) {
      throw new BackendException(Kind.CONFIGURATION, problem.get());
    }
    synchronized (monitor(key)) {
      try {
        RunnerFolder folder = store.folder(key.runnerUid());
        Map<String, String> env = RunnerEnv.of(attempt, folder);
        if (folder.owner().isEmpty()) {
          store.create(attempt, clock.instant());
        }
        Owner owner = folder.owner().orElseThrow(() -> new IOException("it vanished"));
        refuseOther(owner, key, folder);
        if (!inspector.look(folder, owner).known()) {
          startOrRemove(attempt, folder, env);
        }
        return inspector.machine(folder, owner);
      } catch (IOException e) {
        throw ambiguous(key, e);
      }
    }
  }

  private static void refuseOther(Owner known, MachineKey key, RunnerFolder folder)
      throws BackendException {
    if (!known.key().equals(key)) {
      throw new BackendException(
          Kind.AMBIGUOUS,
          "attempt %d of runner %s is still there: it has to be deleted first"
              .formatted(known.key().attempt(), known.key().runner()));
    }
    if (folder.isClosed()) {
      throw new BackendException(Kind.AMBIGUOUS, "runner " + key.runner() + " is being deleted");
    }
  }

  private void startOrRemove(LaunchAttempt attempt, RunnerFolder folder, Map<String, String> env)
      throws BackendException, IOException {
    try {
      children.start(attempt, folder, env);
    } catch (BackendException refused) {
      store.remove(folder);
      throw refused;
    }
    LOG.info("runner {} started in {}", attempt.key().runner(), folder.path);
  }

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    MachineKey key = ref.key();
    synchronized (monitor(key)) {
      try {
        RunnerFolder folder = store.folder(key.runnerUid());
        Optional<Owner> owner = folder.owner().filter(o -> o.key().equals(key));
        if (owner.isEmpty()) {
          return Optional.empty();
        }
        if (inspector.look(folder, owner.get()).unclear()) {
          throw new BackendException(
              Kind.AMBIGUOUS, "a child of runner " + key.runner() + " may just be starting");
        }
        return Optional.of(inspector.machine(folder, owner.get()));
      } catch (IOException e) {
        throw ambiguous(key, e);
      }
    }
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    List<MachineRef> machines = new ArrayList<>();
    try {
      for (RunnerFolder folder : store.all()) {
        Optional<Owner> owner = folder.owner();
        if (owner.isPresent() && owner.get().key().installation().equals(installation)) {
          synchronized (monitor(owner.get().key())) {
            if (folder.exists()) {
              machines.add(MachineRef.of(owner.get().key(), ANYWHERE));
            }
          }
        }
      }
    } catch (IOException e) {
      throw new BackendException(Kind.AMBIGUOUS, "the state directory cannot be read: " + e, e);
    }
    return machines;
  }

  @Override
  public MachineOutput output(MachineRef ref) throws BackendException {
    MachineKey key = ref.key();
    synchronized (monitor(key)) {
      try {
        RunnerFolder folder = store.folder(key.runnerUid());
        return folder.owner().filter(o -> o.key().equals(key)).isPresent()
            ? MachineOutput.of(Output.lastLines(folder))
            : MachineOutput.NONE;
      } catch (IOException e) {
        throw ambiguous(key, e);
      }
    }
  }

  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    MachineKey key = ref.key();
    synchronized (monitor(key)) {
      try {
        RunnerFolder folder = store.folder(key.runnerUid());
        Optional<Owner> owner = folder.owner().filter(o -> o.key().equals(key));
        if (owner.isEmpty() || inspector.look(folder, owner.get()).state() == Machine.State.ENDED) {
          return;
        }
        folder.markStopping();
        List<ProcessHandle> processes = Ending.processes(folder, owner.get());
        if (processes.isEmpty()) {
          folder.close();
        }
        processes.forEach(ProcessHandle::destroy);
      } catch (IOException e) {
        throw ambiguous(key, e);
      }
    }
  }

  @Override
  public void delete(MachineRef ref) throws BackendException {
    MachineKey key = ref.key();
    synchronized (monitor(key)) {
      try {
        RunnerFolder folder = store.folder(key.runnerUid());
        Optional<Owner> owner = folder.owner().filter(o -> o.key().equals(key));
        if (owner.isEmpty()) {
          return;
        }
        folder.close();
        Ending.force(folder, owner.get());
        if (owner.get().command() && inspector.look(folder, owner.get()).unclear()) {
          throw new BackendException(
              Kind.AMBIGUOUS, "a child of runner " + key.runner() + " may just be starting");
        }
        store.remove(folder);
        children.forget(key.runnerUid());
      } catch (IOException e) {
        throw ambiguous(key, e);
      }
    }
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    attention.onChange(runnerUid);
  }

  /** Stops looking after the runners; they live on. */
  @Override
  public void close() {
    attention.close();
  }

  private Object monitor(MachineKey key) {
    return monitors[Math.floorMod(key.runnerUid().hashCode(), monitors.length)];
  }

  private static BackendException ambiguous(MachineKey key, IOException e) {
    return new BackendException(
        Kind.AMBIGUOUS, "the folder of runner %s cannot be used: %s".formatted(key.runner(), e), e);
  }
}
