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

  @Override
  public Machine launch(LaunchAttempt attempt) throws BackendException {
    return edge("launch " + name(attempt.key()), () -> cloud.launch(attempt));
  }

  @Override
  public Optional<Machine> find(MachineKey key) throws BackendException {
    return edge("find " + name(key), () -> cloud.find(key));
  }

  @Override
  public List<Machine> list(String installation) throws BackendException {
    return edge("list", () -> cloud.list(installation));
  }

  @Override
  public void stop(MachineKey key, Duration grace) throws BackendException {
    edge(
        "stop " + name(key),
        () -> {
          cloud.stop(key, grace);
          return true;
        });
  }

  @Override
  public void delete(MachineKey key) throws BackendException {
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
