package dev.flamepool;

/** A veto against ending as idle, for an application that does work of its own between calls. */
@FunctionalInterface
public interface IdleCheck {
  /** Nothing besides calls keeps the runner. */
  IdleCheck ALWAYS = () -> true;

  /**
   * Asked when the idle time is over; no starts it anew.
   *
   * @return whether the runner may end now
   */
  boolean mayEnd();
}
