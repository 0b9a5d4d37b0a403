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
    CallQueue queue = new CallQueue(new QueueRoom(1_000, 1_000).new Share());
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
    QueueRoom room = new QueueRoom(8_000, 12_000);
    CallQueue queue = new CallQueue(room.new Share());
    CallQueue other = new CallQueue(room.new Share());
    assertThat(queue.room().fits(call(1, 50_000))).isTrue();
    Call big = call(1, 5_000);
    queue.add(big);
    assertThat(queue.room().fits(call(2, 5_000))).isFalse();
    assertThat(queue.room().fits(call(2, 10))).isTrue();
    other.add(call(3, 10));
    assertThat(other.room().fits(call(4, 5_000))).as("of all queues together").isFalse();
    assertThat(queue.remove(big)).isTrue();
    assertThat(queue.remove(big)).isFalse();
    assertThat(queue.room().bytes()).isZero();
    assertThat(queue.room().fits(call(2, 5_000))).isTrue();
    assertThat(other.room().fits(call(4, 5_000))).isTrue();
  }
}
