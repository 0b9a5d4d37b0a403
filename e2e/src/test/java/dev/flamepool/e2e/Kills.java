package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePool;
import dev.flamepool.minicluster.matrix.Matrix;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * kill -9 of the operator at named points of a pool's life: the next operator ends with exactly the
 * wanted machines, and with none once the pool is gone. It is the one that dies at the next point.
 */
final class Kills {
  private static final int WANTED = 2;

  private final Scenario scenario;
  private final Machines machines;
  private final Supplier<JavaProcess> start;
  private final JavaProcess app;
  private JavaProcess operator;

  /**
   * Starts the first operator.
   *
   * @param start starts an operator
   * @param app an application that can use any pool
   */
  Kills(Scenario scenario, Machines machines, Supplier<JavaProcess> start, JavaProcess app) {
    this.scenario = scenario;
    this.machines = machines;
    this.start = start;
    this.app = app;
    this.operator = start.get();
  }

  /**
   * A point of a pool's life.
   *
   * @param step points at one step stand for each other
   * @param what happens there; with the step it is the point's name
   * @param ending whether it comes with the pool's deletion, else with its growth
   */
  record Cell(String step, String what, boolean ending, Trap trap) {
    String name() {
      return step + ": " + what;
    }
  }

  /** A point on the way from a new pool to its machines. */
  static Cell growing(String step, String what, Trap trap) {
    return new Cell(step, what, false, trap);
  }

  /** A point on the way from a deleted pool to nothing. */
  static Cell ending(String step, String what, Trap trap) {
    return new Cell(step, what, true, trap);
  }

  /** A test for each point of the sample, with a pool of its own. */
  Stream<DynamicTest> at(Cell... cells) {
    List<Cell> all = Arrays.asList(cells);
    assertThat(all).extracting(Cell::name).hasSize(10).doesNotHaveDuplicates();
    List<Cell> sample = Matrix.sample(scenario.getClass().getSimpleName(), all, Cell::step, 1);
    return IntStream.range(0, sample.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    sample.get(i).name() + ", " + Matrix.seed(),
                    () -> kill("p" + i, sample.get(i))));
  }

  private void kill(String pool, Cell cell) throws Exception {
    try {
      if (cell.ending()) {
        grow(pool);
        settle(pool);
        cell.trap().set();
        delete();
      } else {
        cell.trap().set();
        grow(pool);
      }
      scenario.await("the point: " + cell.name(), cell.trap()::isSprung);
      operator.kill();
      assertThat(cell.trap().isSprung()).as(cell.name()).isTrue();
    } finally {
      cell.trap().open();
    }
    operator = start.get();
    if (!cell.ending()) {
      settle(pool);
      delete();
    }
    scenario.await("the pool to be gone", () -> scenario.pool(pool) == null);
    scenario.await("its runners to be gone", () -> scenario.runners().isEmpty());
    scenario.await("its machines to be gone", () -> machines.count() == 0);
    scenario.await("its processes to be gone", () -> machines.processes().isEmpty());
    scenario.await("its boot Secrets to be collected", () -> bootSecrets().isEmpty());
    machines.assertNothingWrong();
  }

  private void grow(String pool) {
    scenario.applyPool(
        pool,
        "{min: %d, max: %d, maxConcurrency: 2, bootTimeout: 2m, backends: [%s]}"
            .formatted(WANTED, WANTED, machines.backend()));
    app.say("use " + pool);
    app.say("patient " + pool + " 10");
  }

  /** Exactly the wanted machines, and the call that waited for them is served. */
  private void settle(String pool) {
    assertThat(scenario.outcome(app, pool)).startsWith("done");
    scenario.await(
        "exactly the wanted machines",
        () ->
            scenario.ready(pool) == WANTED
                && scenario.runners().size() == WANTED
                && machines.count() == WANTED);
  }

  private void delete() {
    scenario.client.resources(FlamePool.class).inNamespace(scenario.namespace).delete();
  }

  private List<Secret> bootSecrets() {
    return scenario.client.secrets().inNamespace(scenario.namespace).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().matches(".*-boot-\\d+-.*"))
        .toList();
  }
}
