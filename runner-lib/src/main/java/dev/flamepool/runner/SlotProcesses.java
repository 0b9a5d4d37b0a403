package dev.flamepool.runner;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The processes that the calls of one slot start: each ends with its call, or with what its call
 * has left here. A slot's thread starts none but for its calls, so what others start is never among
 * them. For that thread only.
 */
final class SlotProcesses implements AutoCloseable {
  private final ThreadChildren children;
  private final ProcessEnds ends;
  private Set<Long> known = Set.of();

  SlotProcesses(ThreadChildren children, ProcessEnds ends) {
    this.children = children;
    this.ends = ends;
  }

  /**
   * A call is over and answered. Never waits and never throws.
   *
   * @param stays what it has left here or has worked on: its processes end with that
   */
  void callEnded(@Nullable Residents stays) {
    try {
      List<ProcessHandle> started = started();
      if (!started.isEmpty() && (stays == null || !stays.started(started))) {
        ends.end(started);
      }
    } catch (Throwable e) {
      Say.warn("could not look for processes that a call has started: " + e);
    }
  }

  /** Since the last time. */
  private List<ProcessHandle> started() throws Exception {
    long[] now = children.now();
    if (now.length == 0) {
      known = Set.of();
      return List.of();
    }
    Set<Long> before = known;
    known = Arrays.stream(now).boxed().collect(Collectors.toSet());
    return known.stream()
        .filter(pid -> !before.contains(pid))
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  @Override
  public void close() {
    children.close();
  }
}
