package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.hello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.wire.RawPeer;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Role;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What is the matter as a runner ends. */
enum EndTrouble {
  NONE(Duration.ZERO),

  /** A call that ends when it is interrupted. */
  CALL_RUNS(EndScene.GRACE, true, false) {
    @Override
    Check begin(EndScene scene) throws Exception {
      CompletableFuture<Reply> reply =
          scene.begun(
              "troubled",
              () -> {
                EndScene.now.begins();
                Thread.sleep(3_600_000);
                return 1;
              });
      return halted -> ended(reply, halted, Reply.Failed.Kind.RUNNER_ENDED);
    }
  },

  CALL_IGNORES_ITS_INTERRUPT(EndScene.GRACE.plusSeconds(2), true, true) {
    @Override
    Check begin(EndScene scene) throws Exception {
      var unused =
          scene.begun(
              "troubled",
              () -> {
                EndScene.now.begins();
                EndScene.now.hang();
                return 1;
              });
      return halted -> {};
    }
  },

  /** It has begun to arrive and is read no further. */
  RESULT_IS_NOT_READ(Duration.ZERO) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.peerStops = true;
      FrozenReader frozen = new FrozenReader();
      CompletableFuture<Reply> reply =
          scene.call("frozen", () -> new byte[FrozenReader.BYTES], -1, frozen);
      frozen.awaitStop();
      EndScene.until(() -> scene.state().inFlight() == 0);
      scene.keep(frozen::resume);
      return halted -> {
        frozen.resume();
        if (!halted) { // else it would now read all of its result, from a process that is gone
          assertThat(EndsMatrixTest.one(reply)).isNotNull();
        }
      };
    }
  },

  BODY_IS_UNFINISHED(Duration.ZERO) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.peerStops = true;
      RawPeer peer = scene.raw("unfinished");
      peer.send(RawPeer.admitFirst(1_000_000));
      peer.awaitAdmission();
      peer.send(out -> out.u1(0));
      return halted -> {};
    }
  },

  STOP_HANGS(EndScene.GRACE.plusSeconds(12), false, true) {
    @Override
    Check begin(EndScene scene) {
      scene.stopHangs = true;
      return halted -> {};
    }
  },

  STOP_THROWS(Duration.ZERO) {
    @Override
    Check begin(EndScene scene) {
      scene.stopThrows = true;
      return halted -> {};
    }
  },

  /** After the end has begun, so that its cause is another. */
  CALL_EXITS(Duration.ZERO, true, false) {
    @Override
    Check begin(EndScene scene) throws Exception {
      CompletableFuture<Reply> reply =
          scene.begun(
              "troubled",
              () -> {
                EndScene.now.begins();
                EndScene.now.awaitGo();
                EndScene.exit();
                return 1;
              });
      return halted -> ended(reply, halted, Reply.Failed.Kind.THROWN);
    }
  },

  IDLE_CHECK_HANGS(Duration.ZERO) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.clock.advance(Duration.ofSeconds(10));
      scene.awaitIdleQuestion();
      return halted -> {};
    }
  },

  NO_THREAD_CAN_BE_MADE(Duration.ZERO) {
    @Override
    void meanwhile(EndScene scene) {
      scene.noThreads = true;
    }
  },

  /** Connected, with nothing under way; it reads and closes nothing. */
  CALLER_FROZEN(Duration.ofSeconds(2)) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.raw("frozen");
      scene.keep(
          RawPeer.control(
              scene.runner.address,
              TestRunner.UID,
              TestRunner.CALLER,
              hello(Role.CALLER, "frozen")));
      return halted -> {};
    }
  },

  /** One says nothing at all, the other nothing after its certificate. */
  HALF_OPEN(Duration.ZERO) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.keep(new Socket(scene.runner.address.getAddress(), scene.runner.address.getPort()));
      scene.keep(RawPeer.silent(scene.runner.address, TestRunner.UID, TestRunner.CALLER));
      return halted -> {};
    }
  },

  OBJECT_STAYS(EndScene.GRACE, true, false) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.place("placer", () -> "object");
      return halted -> {};
    }
  },

  CLOSING_AN_OBJECT_HANGS(EndScene.GRACE.plusSeconds(2), true, true) {
    @Override
    Check begin(EndScene scene) throws Exception {
      scene.place("placer", Stubborn::new);
      return halted -> {};
    }
  };

  /** What must be so in the end. */
  interface Check {
    void so(boolean halted) throws Exception;
  }

  /** Its close does not end. */
  static final class Stubborn implements AutoCloseable {
    @Override
    public void close() {
      EndScene.now.hang();
    }
  }

  /** How long the end may take. */
  final Duration limit;

  /** Whether it keeps a place of the runner for good. */
  final boolean keepsBusy;

  /** Whether the process has to be halted. */
  final boolean halts;

  EndTrouble(Duration limit) {
    this(limit, false, false);
  }

  EndTrouble(Duration limit, boolean keepsBusy, boolean halts) {
    this.limit = limit;
    this.keepsBusy = keepsBusy;
    this.halts = halts;
  }

  /** It is there before the end begins. */
  Check begin(EndScene scene) throws Exception {
    return halted -> {};
  }

  /** It comes right before the end. */
  void meanwhile(EndScene scene) {}

  private static void ended(
      CompletableFuture<Reply> reply, boolean halted, Reply.Failed.Kind kind) {
    if (!halted) { // else its process is not there any more
      Reply is = EndsMatrixTest.one(reply);
      assertThat(is).isInstanceOf(Reply.Failed.class);
      assertThat(((Reply.Failed) is).kind()).isEqualTo(kind);
    }
  }
}
