package dev.flamepool.operator.backend;

import java.time.Duration;

/** A place in a queue of those who may do something only one after another. Thread-safe. */
public interface Turn {
  /** Nobody waits where nothing is limited. */
  Turn NOW =
      new Turn() {
        @Override
        public Duration left() {
          return Duration.ZERO;
        }

        @Override
        public String words() {
          return "";
        }

        @Override
        public void leave() {}
      };

  /**
   * How long to wait before asking again, at the latest; zero when it is one's turn. Who does not
   * ask for long has left.
   */
  Duration left();

  /** What is waited for, for people: the same words every time. */
  String words();

  /** Waits no more. */
  void leave();
}
