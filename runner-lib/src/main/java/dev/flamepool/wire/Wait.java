package dev.flamepool.wire;

/** Called about every 100 ms on the calling thread while it waits for a reply. */
@FunctionalInterface
public interface Wait {
  /** Waits as long as it takes. */
  Wait FOREVER = call -> true;

  /**
   * Says whether to wait on. The place to notice an interrupt or a deadline and to cancel through
   * the control connection; a cancelled call still answers, so go on waiting for that for a moment.
   *
   * @param call its number on this slot, for {@link ControlMessage.Cancel}
   * @return false to give up: the connection is aborted and the reply is {@link Reply.Lost}
   */
  boolean tick(int call);
}
