package dev.flamepool;

/** A veto against ending as idle, for an application that does work of its own between calls. */
@FunctionalInterface
public interface IdleCheck {
  /** Nothing besides calls keeps the runner. */
  IdleCheck ALWAYS = () -> true;

  /**
   * Asked on a thread of its own when the idle time is over; no starts it anew. Until it answers
   * the runner does not end as idle.
   *
   * @return whether the runner may end now
   */
  boolean mayEnd();
}
