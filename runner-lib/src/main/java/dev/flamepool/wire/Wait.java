package dev.flamepool.wire;

/**
 * Called about every 40 ms while a call is on its way, on a thread that all calls of this process
 * share: must not block.
 */
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
