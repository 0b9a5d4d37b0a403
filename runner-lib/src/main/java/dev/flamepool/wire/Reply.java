package dev.flamepool.wire;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a call ended, as far as this end of the wire can know. */
public sealed interface Reply {
  /** The function returned. */
  record Result(@Nullable Object value) implements Reply {}

  /**
   * The function returned and left something on the runner: the slot carries calls on that from now
   * on.
   *
   * @param value null for a placed object
   * @param tracked what the result tracks, as its reader made it
   */
  record Stays(@Nullable Object value, List<Object> tracked) implements Reply {}

  /**
   * The function did not return a value.
   *
   * @param kind why
   * @param failure the exception itself where it could be sent, else a faithful stand-in whose
   *     trace is the remote one
   * @param remoteTrace the remote stack trace as text
   */
  record Failed(Kind kind, Throwable failure, String remoteTrace) implements Reply {
    /** Why there is no value. */
    public enum Kind {
      /** The function threw. */
      THROWN,
      /** Its time was over and it was interrupted. */
      TIMED_OUT,
      /** It was cancelled and interrupted. */
      CANCELLED,
      /** It returned what cannot be sent. */
      RESULT_NOT_SERIALIZABLE,
      /**
       * It never ran: the runner could not read the call, for example because a class is missing
       * there.
       */
      CALL_NOT_READABLE,
      /** The runner's end did not wait for it: it was interrupted after the grace. */
      RUNNER_ENDED,
      /** A kind that this version does not know. */
      OTHER
    }
  }

  /**
   * The function ended, and what it sent was refused or could not be read here. The slot stays
   * usable.
   */
  record Unreadable(Exception cause) implements Reply {}

  /** The runner did not start it. The slot stays usable unless the runner is ending. */
  record Refused(Refusal reason, String message) implements Reply {}

  /**
   * Provably never started: goaway named an earlier call as its last, or the call did not leave
   * here whole.
   */
  record NotStarted(String why) implements Reply {}

  /**
   * The connection ended before an answer.
   *
   * @param started true where the runner is known to have started it; false means unknown
   * @param cause what ended the connection
   */
  record Lost(boolean started, IOException cause) implements Reply {}
}
