package dev.flamepool.operator.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.minicluster.RequestHook;
import dev.flamepool.operator.backend.CrashPoints;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The API server fails once, at any request of the operator in a pool's whole life, and the
 * operator lives on; its client does not try again by itself, so that the operator meets every
 * fault. Requests are recorded from a clean run, never listed by hand.
 *
 * <p>Left out because the code that meets them is the same: a read without an answer is a read that
 * failed; a write that failed with 500 is one that failed with 429, as only 403, 404 and 409 are
 * looked at; one that failed with 500 after its effect is one whose answer is lost.
 */
class ApiFaultMatrixTest {
  private enum Fault {
    /** 409 without effect. */
    CONFLICT,
    /** 429 without effect. */
    BUSY,
    /** 500 without effect. */
    FAILURE,
    /** The effect, and no answer. */
    LOST,
    /** 500 to everything for a while. */
    OUTAGE
  }

  private record Cell(int request, Fault fault, String name) implements Cells.Cell {}

  @TestFactory
  Stream<DynamicTest> anyFaultInAPoolsLife() {
    List<String> requests = live(new Api(Integer.MAX_VALUE, Fault.FAILURE));
    assertThat(requests).as("requests of a clean run").hasSizeGreaterThan(70);
    List<Cell> cells = new ArrayList<>();
    for (int n = 0; n < requests.size(); n++) {
      for (Fault fault : faults(requests.get(n))) {
        cells.add(new Cell(n, fault, fault + " " + requests.get(n)));
      }
    }
    return Cells.live("API faults", cells, 1, cell -> live(new Api(cell.request(), cell.fault())));
  }

  private static List<Fault> faults(String request) {
    return request.startsWith("GET ")
        ? List.of(Fault.FAILURE)
        : List.of(Fault.CONFLICT, Fault.BUSY, Fault.LOST, Fault.OUTAGE);
  }

  private static List<String> live(Api api) {
    try (World world = new World(BusyLife.MAX, CrashPoints.never()).with(api)) {
      api.world = world;
      new BusyLife(world, () -> {}).live();
      assertThat(world.restarts()).isZero();
      assertThat(api.struck || api.at == Integer.MAX_VALUE).as("the fault struck").isTrue();
      return api.requests;
    }
  }

  /** The API server with one fault. */
  private static final class Api implements World.Trouble {
    private static final Duration AWAY = Duration.ofSeconds(8);

    final List<String> requests = new ArrayList<>();
    final int at;
    private final Fault fault;
    private World world;
    private Instant until = Instant.MIN;
    boolean struck;
    private boolean lose;

    Api(int at, Fault fault) {
      this.at = at;
      this.fault = fault;
    }

    @Override
    public synchronized int before(String method, String path) {
      requests.add(method + " " + path);
      if (world.clock.instant().isBefore(until)) {
        return 500;
      }
      if (requests.size() != at + 1) {
        return RequestHook.PASS;
      }
      struck = true;
      return switch (fault) {
        case CONFLICT -> 409;
        case BUSY -> 429;
        case FAILURE -> 500;
        case LOST -> {
          lose = true;
          yield RequestHook.PASS;
        }
        case OUTAGE -> {
          until = world.clock.instant().plus(AWAY);
          yield 500;
        }
      };
    }

    @Override
    public synchronized void after(String method, String path, int status) throws IOException {
      if (lose) {
        lose = false;
        throw new IOException("the answer is lost");
      }
    }
  }
}
