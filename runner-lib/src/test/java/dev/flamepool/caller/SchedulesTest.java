package dev.flamepool.caller;

import static dev.flamepool.caller.Played.call;
import static dev.flamepool.caller.Played.cancel;
import static dev.flamepool.caller.Played.close;
import static dev.flamepool.caller.Played.controlEnds;
import static dev.flamepool.caller.Played.interrupt;
import static dev.flamepool.caller.Played.kill;
import static dev.flamepool.caller.Played.look;
import static dev.flamepool.caller.Played.onPlaced;
import static dev.flamepool.caller.Played.pass;
import static dev.flamepool.caller.Played.place;
import static dev.flamepool.caller.Played.ready;
import static dev.flamepool.caller.Played.release;
import static dev.flamepool.caller.Played.says;
import static dev.flamepool.caller.Played.submit;
import static dev.flamepool.caller.Played.suspend;

import dev.flamepool.caller.Played.Event;
import dev.flamepool.caller.Played.Scenario;
import dev.flamepool.wire.ControlMessage;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders of all that happens to calls: they are made, cancelled, granted, refused, lost, late and
 * closed. All orders of what comes from outside, with threads that go their usual way but for a few
 * times; then orders of a seed, threads in any order.
 */
@Timeout(1_200)
class SchedulesTest {
  /** Nanoseconds for each scenario and each way to choose. */
  private static final long SHARE =
      Math.max(
          250_000_000L,
          (long) (6e10 * Double.parseDouble(System.getProperty("schedules.minutes", "0")) / 22));

  private static final long SEED = Long.getLong("schedules.seed", new Random().nextInt(1_000_000));

  private static Event submit(int number) {
    return Played.submit(number, UnaryOperator.identity());
  }

  private static Event onPlaced(int number) {
    return Played.onPlaced(number, UnaryOperator.identity());
  }

  static List<Scenario> scenarios() {
    Duration budget = Duration.ofSeconds(10);
    Duration more = Duration.ofSeconds(11);
    return List.of(
        new Scenario(
            "line",
            List.of(1),
            0,
            0,
            List.of(ready()),
            List.of(
                List.of(submit(1), cancel(1), look()),
                List.of(submit(2)),
                List.of(submit(3)),
                List.of(ready(0)))),
        new Scenario(
            "late",
            List.of(1),
            0,
            0,
            List.of(ready(0)),
            List.of(
                List.of(Played.submit(1, o -> o.timeout(budget)), pass(more), look()),
                List.of(submit(2)),
                List.of(Played.submit(3, o -> o.timeout(budget))))),
        new Scenario(
            "refused",
            List.of(1, 1),
            1,
            0,
            List.of(ready(0, 1)),
            List.of(
                List.of(submit(1), cancel(1), look()),
                List.of(submit(2)),
                List.of(
                    says(0, new ControlMessage.Grant(1)),
                    says(1, new ControlMessage.Load(0, 0, 1, false, 0, 1))))),
        new Scenario(
            "lost",
            List.of(1, 1),
            0,
            1,
            List.of(ready(0)),
            List.of(
                List.of(Played.submit(1, o -> o.retryOnRunnerLost(1)), cancel(1)),
                List.of(submit(2)),
                List.of(kill(0), controlEnds(0)),
                List.of(ready(1)))),
        new Scenario(
            "closed",
            List.of(1),
            1,
            0,
            List.of(ready(0)),
            List.of(
                List.of(submit(1)),
                List.of(submit(2), cancel(2)),
                List.of(Played.submit(3, o -> o.detached())),
                List.of(close()))),
        new Scenario(
            "ended",
            List.of(2, 1),
            0,
            0,
            List.of(ready(0)),
            List.of(
                List.of(submit(1)),
                List.of(submit(2)),
                List.of(suspend(), ready(1)),
                List.of(says(0, new ControlMessage.Draining("DRAINED")), controlEnds(0)))),
        new Scenario(
            "placed",
            List.of(3),
            0,
            0,
            List.of(ready(0), place(2)),
            List.of(
                List.of(onPlaced(1), cancel(1), look()),
                List.of(onPlaced(2)),
                List.of(onPlaced(3)),
                List.of(release()))),
        new Scenario(
            "placed and lost",
            List.of(2),
            0,
            0,
            List.of(ready(0), place(1)),
            List.of(
                List.of(onPlaced(1)),
                List.of(onPlaced(2), cancel(2)),
                List.of(kill(0)),
                List.of(controlEnds(0)))),
        new Scenario(
            "placed and closed",
            List.of(2),
            0,
            0,
            List.of(ready(0), place(1)),
            List.of(
                List.of(onPlaced(1)),
                List.of(onPlaced(2), cancel(2)),
                List.of(release()),
                List.of(close()))),
        new Scenario(
            "threads",
            List.of(1),
            1,
            0,
            List.of(ready(0)),
            List.of(List.of(call(1), interrupt(1), look()), List.of(call(2)), List.of(submit(3)))),
        new Scenario(
            "threads and close",
            List.of(1),
            0,
            0,
            List.of(ready(0)),
            List.of(List.of(call(1), interrupt(1)), List.of(call(2)), List.of(close()))));
  }

  private static void play(Scenario scenario, Choices choices, String how) {
    Played played = new Played(scenario, choices);
    try {
      played.play(scenario);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          scenario.name() + ", " + how + ": " + String.join(", ", played.steps.trace), e);
    }
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("scenarios")
  void everyOrder(Scenario scenario) {
    play(scenario, Choices.all(0), "first"); // what is loaded with it costs time
    long end = System.nanoTime() + SHARE;
    int played = 0;
    for (int deviations = 0; System.nanoTime() < end; deviations++) {
      Choices choices = Choices.all(deviations);
      boolean more = true;
      for (; more && System.nanoTime() < end; more = choices.advance()) {
        play(scenario, choices, deviations + " deviations, choices " + choices);
        played++;
      }
      if (!more) {
        System.out.printf(
            "%s: all orders with %d deviations at most, %d in all%n",
            scenario.name(), deviations, played);
      }
    }
    System.out.printf("%s: %d orders%n", scenario.name(), played);
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("scenarios")
  void ordersOfASeed(Scenario scenario) {
    long end = System.nanoTime() + SHARE;
    long seed = SEED;
    do {
      play(scenario, Choices.of(seed), "-Dschedules.seed=" + seed);
      seed++;
    } while (System.nanoTime() < end);
    System.out.printf("%s: seeds %d to %d%n", scenario.name(), SEED, seed - 1);
  }
}
