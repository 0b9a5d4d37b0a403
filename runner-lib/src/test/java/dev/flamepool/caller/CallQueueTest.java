package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.RemoteCallable;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.EncodedCall;
import org.junit.jupiter.api.Test;

class CallQueueTest {
  private static Call call(long id, int bytes) {
    byte[] payload = new byte[bytes];
    EncodedCall body =
        Closures.encode(
            (RemoteCallable<Integer>) () -> payload.length, RemoteCallable.class, false);
    return new Call(id, body, CallOptions.DEFAULTS) {
      @Override
      void granted(RunnerLink link) {}

      @Override
      void failed(FlameException why) {}

      @Override
      boolean isInterrupted() {
        return false;
      }
    };
  }

  @Test
  void firstInFirstOutAndARefusedCallTakesItsOldPlace() {
    CallQueue queue = new CallQueue(1_000);
    Call first = call(1, 0);
    queue.add(call(2, 0));
    queue.add(call(3, 0));
    queue.add(first);
    assertThat(queue.peek()).isSameAs(first);
    assertThat(queue.remove(first)).isTrue();
    assertThat(queue.peek().id).isEqualTo(2);
    assertThat(queue.removeAll()).extracting(c -> c.id).containsExactly(2L, 3L);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void bytesAreBoundedButOneCallAlwaysFits() {
    CallQueue queue = new CallQueue(1_000);
    assertThat(queue.fits(5_000)).isTrue();
    Call big = call(1, 900);
    queue.add(big);
    assertThat(queue.fits(900)).isFalse();
    assertThat(queue.remove(big)).isTrue();
    assertThat(queue.remove(big)).isFalse();
    assertThat(queue.bytes()).isZero();
    assertThat(queue.fits(900)).isTrue();
  }
}
