package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.BackendKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One operator instance's view of a {@link ScriptedCloud}: make a new one for every restart, with
 * the same cloud. Each call is two crash points, {@code before} and {@code after} it.
 */
public final class ScriptedBackend implements RunnerBackend {
  private final ScriptedCloud cloud;
  private final CrashPoints points;

  /** A backend that never crashes. */
  public ScriptedBackend(ScriptedCloud cloud) {
    this(cloud, CrashPoints.never());
  }

  /** A backend whose calls are crash points. */
  public ScriptedBackend(ScriptedCloud cloud, CrashPoints points) {
    this.cloud = cloud;
    this.points = points;
  }

  private interface Call<T> {
    T run() throws BackendException;
  }

  private <T> T edge(String what, Call<T> call) throws BackendException {
    points.reach("before " + what);
    T answer = call.run();
    points.reach("after " + what);
    return answer;
  }

  private static String name(MachineKey key) {
    return key.runner() + "#" + key.attempt();
  }

  @Override
  public BackendKind kind() {
    return BackendKind.LOCAL;
  }

  @Override
  public Optional<String> validate(BackendEntry entry) {
    return cloud.verdict(entry);
  }

  /** An entry that names a directory is a place of its own. */
  @Override
  public List<String> offerings(BackendEntry entry) {
    String place = entry.local() == null ? null : entry.local().directory();
    return List.of(place == null ? "" : place);
  }

  @Override
  public void check(Tenant tenant) throws BackendException {
    cloud.checked();
  }

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    return edge("launch " + name(attempt.key()), () -> cloud.launch(attempt));
  }

  @Override
  public Optional<Machine> find(MachineRef ref) throws BackendException {
    MachineKey key = ref.key();
    return edge("find " + name(key), () -> cloud.find(key));
  }

  @Override
  public List<MachineRef> list(String installation, Places places) throws BackendException {
    return edge("list", () -> cloud.list(installation)).stream()
        .map(machine -> MachineRef.of(machine.key(), ScriptedCloud.ENTRY))
        .toList();
  }

  @Override
  public void stop(MachineRef ref, Duration grace) throws BackendException {
    MachineKey key = ref.key();
    edge(
        "stop " + name(key),
        () -> {
          cloud.stop(key, grace);
          return true;
        });
  }

  @Override
  public void delete(MachineRef ref) throws BackendException {
    MachineKey key = ref.key();
    edge(
        "delete " + name(key),
        () -> {
          cloud.delete(key);
          return true;
        });
  }

  @Override
  public void onChange(Consumer<String> runnerUid) {
    cloud.onChange(
        uid -> {
          if (!points.dead()) {
            runnerUid.accept(uid);
          }
        });
  }
}
