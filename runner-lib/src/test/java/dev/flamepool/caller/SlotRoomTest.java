package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotRoomTest {
  @Test
  void beyondTheHeapCallsUseTheSlotsThatThereAre() {
    SlotRoom room = new SlotRoom(3);
    assertThat(room.calls(0, 32)).isEqualTo(32);
    for (int i = 0; i < 3; i++) {
      room.opens();
    }
    assertThat(room.calls(2, 32)).isEqualTo(2);
    assertThat(room.calls(0, 32)).as("the first one").isEqualTo(1);
    assertThat(room.calls(9, 5)).as("what the runner takes").isEqualTo(5);
    room.closed();
    assertThat(room.calls(2, 32)).isEqualTo(32);
  }
}
