package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.minicluster.matrix.Matrix;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way out of serving with every trouble that callers, the application or the machine make
 * meanwhile. The runner ends within its limit, of the clock that the test holds, with its true
 * cause; the calls of others have one outcome each, and keep their grace.
 */
@Tag("scenario")
class EndsMatrixTest {
  @TempDir Path folder;

  private record Cell(EndWay way, EndTrouble trouble) {
    String name() {
      return way + " with " + trouble;
    }
  }

  @TestFactory
  Stream<DynamicTest> aRunnerAlwaysEndsAndHarmsNoOne() {
    List<Cell> cells =
        Arrays.stream(EndWay.values())
            .flatMap(way -> Arrays.stream(EndTrouble.values()).map(t -> new Cell(way, t)))
            .filter(cell -> cell.way.canMeet(cell.trouble))
            .toList();
    return Matrix.sample("ends", cells, cell -> cell.trouble.name(), 2).stream()
        .map(cell -> DynamicTest.dynamicTest(cell.name(), () -> live(cell)));
  }

  private void live(Cell cell) throws Exception {
    try {
      Path identity = Files.createTempDirectory(folder, "cell");
      EndScene scene = cell.way.scene(cell.trouble, identity);
      AutoCloseable end = scene::end;
      try (end) {
        live(scene, cell);
      }
    } catch (Throwable e) {
      throw new AssertionError(cell.name() + " (" + Matrix.seed() + "): " + e, e);
    }
  }

  private static void live(EndScene scene, Cell cell) throws Exception {
    EndTrouble.Check troubled = cell.trouble.begin(scene);
    TestRunner.Control caller =
        cell.way == EndWay.ORPHAN ? null : scene.control(Role.CALLER, "other");
    CompletableFuture<Reply> other = cell.way.hasOthers() ? other(scene) : null;
    EndWay.Begin end = cell.way.prepare(scene);
    cell.trouble.meanwhile(scene);
    end.now();
    EndScene.until(() -> scene.state().cause() != null || scene.runner.ended.isDone());
    if (caller != null) {
      EndScene.until(() -> caller.heard.contains(new ControlMessage.Draining(cell.way.cause + "")));
    }
    scene.letGo();
    if (other != null) {
      assertThat(TestRunner.value(one(other))).isEqualTo("other");
    }
    EndScene.until(scene::isAtRest);
    scene.clock.advance(cell.way.limit(cell.trouble));
    scene.standStillUntil(scene.runner.ended::isDone);

    assertThat(scene.cause()).isEqualTo(cell.way.cause);
    boolean halted = scene.runner.halted;
    assertThat(halted).as(scene.runner.lastWords).isEqualTo(cell.way.halts(cell.trouble));
    troubled.so(halted);
    if (!halted) {
      assertThat(scene.state().phase()).isEqualTo(Phase.GONE);
      EndScene.until(() -> !isListening(scene.runner.address));
    }
  }

  /** The port may answer until the thread that waits in accept has awoken. */
  private static boolean isListening(InetSocketAddress address) {
    try {
      new Socket(address.getAddress(), address.getPort()).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static CompletableFuture<Reply> other(EndScene scene) throws Exception {
    return scene.begun(
        "other",
        () -> {
          EndScene.now.begins();
          EndScene.now.awaitGo();
          return "other";
        });
  }

  /** The one outcome of a call. */
  static Reply one(CompletableFuture<Reply> reply) {
    return reply.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
