package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What a scripted cloud does to one call instead of simply serving it. */
public sealed interface Fault {
  /** Nothing is done; the caller learns the kind. */
  record Refuse(Kind kind, String words) implements Fault {}

  /** It is done, and the answer is lost. */
  record LoseResponse() implements Fault {}

  /** It is never done, and the caller cannot know that. */
  record LoseRequest() implements Fault {}

  /**
   * The caller is told of a time-out now, and the call is done later, unless a delete came between.
   */
  record Late(Duration by) implements Fault {}

  /** The clock moves on before it is done. */
  record Slow(Duration by) implements Fault {}

  /** The calling thread waits before it is done, for tests with real concurrency. */
  record Hold(CountDownLatch until) implements Fault {}

  /** A list answers with nothing, although there is something, and does not know it. */
  record FalselyEmpty() implements Fault {}
}
