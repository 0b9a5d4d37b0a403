package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlotRoomTest {
  @Test
  void beyondTheHeapCallsUseTheSlotsThatThereAre() {
    AtomicInteger open = new AtomicInteger();
    SlotRoom room = new SlotRoom(3, open::get);
    assertThat(room.calls(0, 32)).isEqualTo(32);
    open.set(3);
    assertThat(room.calls(2, 32)).isEqualTo(2);
    assertThat(room.calls(0, 32)).as("the first one").isEqualTo(1);
    assertThat(room.calls(9, 5)).as("what the runner takes").isEqualTo(5);
    open.set(2);
    assertThat(room.calls(2, 32)).isEqualTo(32);
  }
}
