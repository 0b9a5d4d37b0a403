package dev.flamepool.wire;

/**
 * What a call has to do with objects that stay on the runner. They belong to the slot connection
 * whose call left them there; it takes a place of the runner until they are released, and carries
 * calls on them only.
 *
 * @param verb what is asked
 * @param id names a placed object among its caller's for {@link Verb#PLACE} and {@link
 *     Verb#ATTACH}; an object of this slot, counted from 0, for {@link Verb#ON} and {@link
 *     Verb#RELEASE}
 */
public record Stay(Verb verb, long id) {
  /** What is asked. */
  public enum Verb {
    /** A plain call: nothing stays. */
    RUN,
    /** What the function returns stays as object 0. */
    PLACE,
    /** Like RUN, but what the result tracks stays. */
    TRACK,
    /** No function: this slot, too, shall carry calls on that placed object. */
    ATTACH,
    /** The function is handed that object. */
    ON,
    /** No function: closes that object; with the last one the slot is as before. */
    RELEASE
  }

  /** A plain call. */
  public static final Stay NONE = new Stay(Verb.RUN, 0);

  /** A call whose result may track what stays. */
  public static final Stay TRACK = new Stay(Verb.TRACK, 0);

  /** Whether a result that leaves nothing on the runner answers it. */
  boolean mayLeaveNothing() {
    return verb != Verb.PLACE && verb != Verb.ATTACH;
  }

  /** Whether a result that leaves something there does. */
  boolean mayLeaveSomething() {
    return !mayLeaveNothing() || verb == Verb.TRACK;
  }

  /** False where the verb is all there is. */
  public boolean hasFunction() {
    return verb != Verb.ATTACH && verb != Verb.RELEASE;
  }
}
