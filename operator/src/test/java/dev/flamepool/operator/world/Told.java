package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.OperatingPage;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whatever happens in a world, the page for people who operate it has a word for it. */
final class Told {
  private static final Map<String, List<String>> CONDITIONS =
      OperatingPage.table("type", "true", "false or unknown").stream()
          .collect(
              Collectors.toMap(
                  row -> String.join("", OperatingPage.codes(row.get(0))),
                  row -> List.of(row.get(1), row.get(2))));
  private static final Set<String> FALSE =
      CONDITIONS.values().stream()
          .flatMap(cells -> OperatingPage.codes(cells.get(1)).stream())
          .collect(Collectors.toSet());
  private static final Set<String> RUNNERS =
      OperatingPage.codes(
          OperatingPage.between("Reasons of an end.", "A machine that was refused"));
  private static final Set<String> EVENTS = events();

  private Told() {}

  private static Set<String> events() {
    Set<String> reasons = new TreeSet<>(FALSE);
    OperatingPage.table("type", "reason", "when")
        .forEach(row -> reasons.addAll(OperatingPage.codes(row.get(1))));
    return reasons;
  }

  static void check(Objects now) {
    for (FlamePool pool : now.pools()) {
      if (pool.getStatus() != null && pool.getStatus().conditions() != null) {
        pool.getStatus().conditions().forEach(Told::check);
      }
    }
    for (FlameRunner runner : now.runners()) {
      if (runner.getStatus() != null && runner.getStatus().reason() != null) {
        assertThat(RUNNERS).as("reasons of runners").contains(runner.getStatus().reason());
      }
    }
  }

  private static void check(Condition condition) {
    List<String> cells = CONDITIONS.get(condition.getType());
    assertThat(cells).as("condition " + condition.getType()).isNotNull();
    boolean holds = condition.getStatus().equals("True");
    if (condition.getType().equals(condition.getReason())) {
      return; // its name says it
    }
    Set<String> reasons = OperatingPage.codes(cells.get(holds ? 0 : 1));
    if (condition.getType().equals("Ready") && !holds) {
      reasons.addAll(FALSE);
    }
    assertThat(reasons)
        .as("condition %s=%s", condition.getType(), condition.getStatus())
        .contains(condition.getReason());
  }

  static void check(Collection<String> eventReasons) {
    assertThat(EVENTS).as("Events").containsAll(eventReasons);
  }
}
