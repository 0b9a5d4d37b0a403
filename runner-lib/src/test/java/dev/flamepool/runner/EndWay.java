package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What ends a runner. */
enum EndWay {
  STOPPED(EndCause.DRAINED) {
    @Override
    Begin prepare(EndScene scene) throws Exception {
      TestRunner.Control operator = scene.control(Role.OPERATOR, "op");
      return () -> operator.send(new ControlMessage.Stop(EndScene.GRACE.toMillis(), "told to"));
    }
  },

  /** Told to with an hour's grace, and then with less. */
  STOPPED_TWICE(EndCause.DRAINED) {
    @Override
    Begin prepare(EndScene scene) {
      return () -> {
        scene.runner.runner.stop(3_600_000, "told to");
        scene.runner.runner.stop(EndScene.GRACE.toMillis(), "told again");
      };
    }
  },

  SPOT(EndCause.SPOT_INTERRUPTED) {
    @Override
    Begin prepare(EndScene scene) {
      return () -> scene.runner.runner.stop(EndScene.GRACE.toMillis(), "told to end by SIGTERM");
    }

    @Override
    EndScene scene(EndTrouble trouble, Path folder) throws Exception {
      Files.createFile(folder.resolve(Notice.SPOT_INTERRUPTED));
      return super.scene(trouble, folder);
    }
  },

  IDLE(EndCause.IDLE) {
    @Override
    Begin prepare(EndScene scene) {
      return () -> {
        scene.standStillUntil(() -> scene.state().inFlight() == 0);
        scene.clock.advance(Duration.ofSeconds(12));
      };
    }

    @Override
    boolean canMeet(EndTrouble trouble) {
      return !trouble.keepsBusy && trouble != EndTrouble.IDLE_CHECK_HANGS;
    }
  },

  LIFETIME(EndCause.LIFETIME) {
    @Override
    Begin prepare(EndScene scene) {
      return () -> scene.clock.advance(Duration.ofSeconds(95));
    }
  },

  ORPHAN(EndCause.ORPHAN) {
    @Override
    Begin prepare(EndScene scene) {
      return () -> {
        scene.standStillUntil(() -> scene.runner.runner.lifecycle().contacts() == 0);
        scene.clock.advance(Duration.ofSeconds(60));
      };
    }

    @Override
    boolean canMeet(EndTrouble trouble) {
      return !trouble.keepsBusy && trouble != EndTrouble.CALLER_FROZEN;
    }
  },

  SINGLE_USE(EndCause.SINGLE_USE) {
    @Override
    Begin prepare(EndScene scene) throws Exception {
      if (scene.state().accepted() == 0) {
        CompletableFuture<Reply> only =
            scene.begun(
                "only",
                () -> {
                  EndScene.now.begins();
                  EndScene.now.awaitBegin();
                  return 1;
                });
        return () -> {
          scene.letBegin();
          EndsMatrixTest.one(only);
        };
      }
      return () -> scene.standStillUntil(() -> scene.state().cause() != null);
    }

    @Override
    boolean canMeet(EndTrouble trouble) {
      return !trouble.keepsBusy;
    }
  },

  /** A call ignores its deadline. */
  STUCK(EndCause.FAILED) {
    @Override
    Begin prepare(EndScene scene) throws Exception {
      var unused =
          scene.begun(
              "stuck",
              () -> {
                EndScene.now.begins();
                EndScene.now.hang();
                return 1;
              },
              1_000);
      return () -> {
        scene.clock.advance(Duration.ofSeconds(1));
        scene.clock.advance(Duration.ofSeconds(5));
      };
    }

    @Override
    Duration limit(EndTrouble trouble) {
      Duration least = EndTrouble.CALL_IGNORES_ITS_INTERRUPT.limit;
      return least.compareTo(trouble.limit) > 0 ? least : trouble.limit;
    }

    @Override
    boolean halts(EndTrouble trouble) {
      return true;
    }
  },

  /** A call is in {@code System.exit}, from which it does not come back. */
  EXITED(EndCause.EXITED) {
    @Override
    Begin prepare(EndScene scene) throws Exception {
      CompletableFuture<Reply> exiting =
          scene.begun(
              "exiting",
              () -> {
                EndScene.now.begins();
                EndScene.now.awaitBegin();
                EndScene.exit();
                return 1;
              });
      return () -> {
        scene.letBegin();
        assertThat(((Reply.Failed) EndsMatrixTest.one(exiting)).kind())
            .isEqualTo(Reply.Failed.Kind.THROWN);
      };
    }

    @Override
    boolean canMeet(EndTrouble trouble) {
      return trouble != EndTrouble.CALL_EXITS;
    }
  },

  /** Halts at once, whatever there is. */
  OUT_OF_MEMORY(EndCause.OUT_OF_MEMORY) {
    @Override
    Begin prepare(EndScene scene) throws Exception {
      var unused =
          scene.begun(
              "greedy",
              () -> {
                EndScene.now.begins();
                EndScene.now.awaitBegin();
                throw new OutOfMemoryError("Java heap space");
              });
      return scene::letBegin;
    }

    @Override
    Duration limit(EndTrouble trouble) {
      return Duration.ZERO;
    }

    @Override
    boolean halts(EndTrouble trouble) {
      return true;
    }
  };

  final EndCause cause;

  EndWay(EndCause cause) {
    this.cause = cause;
  }

  /** A runner that can end so. */
  EndScene scene(EndTrouble trouble, Path folder) throws Exception {
    boolean hangs = trouble == EndTrouble.IDLE_CHECK_HANGS;
    return new EndScene(
        this == SINGLE_USE,
        this == IDLE || hangs ? 10_000 : -1,
        this == ORPHAN ? 60_000 : -1,
        this == LIFETIME ? 100_000 : -1,
        hangs,
        folder);
  }

  /** What makes it come. */
  interface Begin {
    void now() throws Exception;
  }

  /** All that is needed for it, so that it can come whatever is the matter then. */
  abstract Begin prepare(EndScene scene) throws Exception;

  /** Whether it comes at all with that trouble there. */
  boolean canMeet(EndTrouble trouble) {
    return true;
  }

  /** Whether calls of others may run as it comes. */
  boolean hasOthers() {
    return this != IDLE && this != ORPHAN && this != SINGLE_USE;
  }

  /** How long the end may take. */
  Duration limit(EndTrouble trouble) {
    return trouble.limit;
  }

  /** Whether the process has to be halted. */
  boolean halts(EndTrouble trouble) {
    return trouble.halts;
  }
}
