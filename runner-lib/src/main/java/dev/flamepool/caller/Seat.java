package dev.flamepool.caller;

import dev.flamepool.wire.Reply;

/** One place on which kept objects are worked with, one call at a time. */
interface Seat {
  /** Carries a call out; blocks until its end. */
  Reply carryOut(HeldCall call);

  /** The objects are closed: gives the place back. */
  void free();

  /** Gives it up at once; what belongs to it is closed there. Any thread, more than once. */
  void cut();
}
