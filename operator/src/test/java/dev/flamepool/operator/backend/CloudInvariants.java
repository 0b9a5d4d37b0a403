package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold in a cloud's log, whatever happened to the operators. */
public final class CloudInvariants {
  private CloudInvariants() {}

  /**
   * At no instant more than {@code max} live machines in a pool nor more than one per runner, and
   * never a replay that differs from its original.
   */
  public static void held(List<CloudEvent> log, int max) {
    Set<MachineKey> live = new HashSet<>();
    for (CloudEvent event : log) {
      switch (event.type()) {
        case CREATED -> {
          live.add(event.key());
          most(1, perRunner(live), "runner", event, log);
          most(max, perPool(live), "pool", event, log);
        }
        case ENDED, REMOVED -> live.remove(event.key());
        case VIOLATION -> throw new AssertionError(event + " in\n" + text(log));
        default -> {}
      }
    }
  }

  private static void most(
      int max, Map<String, Integer> counts, String of, CloudEvent event, List<CloudEvent> log) {
    if (counts.values().stream().anyMatch(n -> n > max)) {
      throw new AssertionError(
          "more than %d live machines per %s after %s: %s in%n%s"
              .formatted(max, of, event, counts, text(log)));
    }
  }

  /** Nothing is left, neither alive nor as remains, and nothing is still on its way. */
  public static void nothingLeft(ScriptedCloud cloud) {
    assertThat(cloud.machines()).as("machines left in%n%s", text(cloud.log())).isEmpty();
    assertThat(cloud.pending()).as("creates still under way in%n%s", text(cloud.log())).isZero();
  }

  private static Map<String, Integer> perRunner(Set<MachineKey> live) {
    Map<String, Integer> counts = new HashMap<>();
    live.forEach(key -> counts.merge(key.runnerUid(), 1, Integer::sum));
    return counts;
  }

  private static Map<String, Integer> perPool(Set<MachineKey> live) {
    Map<String, Integer> counts = new HashMap<>();
    live.forEach(key -> counts.merge(key.namespace() + "/" + key.pool(), 1, Integer::sum));
    return counts;
  }

  private static String text(List<CloudEvent> log) {
    StringBuilder b = new StringBuilder();
    log.forEach(event -> b.append("  ").append(event).append('\n'));
    return b.toString();
  }
}
