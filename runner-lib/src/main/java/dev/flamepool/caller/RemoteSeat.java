package dev.flamepool.caller;

import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Slot;
import java.util.concurrent.atomic.AtomicBoolean;

/** A slot connection to the runner where the objects are. */
final class RemoteSeat implements Seat {
  private final RunnerLink link;
  private final Slot slot;
  private final long poolTimeout;
  private final AtomicBoolean over = new AtomicBoolean();

  RemoteSeat(RunnerLink link, Slot slot, long poolTimeout) {
    this.link = link;
    this.slot = slot;
    this.poolTimeout = poolTimeout;
  }

  @Override
  public Reply carryOut(HeldCall call) {
    return link.send(call, slot, poolTimeout);
  }

  @Override
  public void free() {
    if (over.compareAndSet(false, true)) {
      link.giveBack(slot);
    }
  }

  @Override
  public void cut() {
    if (over.compareAndSet(false, true)) {
      slot.abort();
      link.giveBack(slot);
    }
  }
}
