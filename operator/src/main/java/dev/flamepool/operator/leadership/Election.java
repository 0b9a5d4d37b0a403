package dev.flamepool.operator.leadership;

import java.util.Optional;

/** How it is settled which operator of an installation acts. Used by one thread. */
public interface Election {
  /** Nobody else can act: there is nothing to wait for. */
  Election NONE =
      new Election() {
        @Override
        public void acquire() {}

        @Override
        public void release() {}

        @Override
        public Optional<String> otherLeader() {
          return Optional.empty();
        }
      };

  /**
   * Waits until this process leads.
   *
   * @throws InterruptedException if that is waited for no more; {@link #release} is due all the
   *     same
   */
  void acquire() throws InterruptedException;

  /** Leads no more, and lets another one lead at once. Harmless when it does not lead. */
  void release();

  /** Who leads in place of this process, as last heard; empty for nobody. */
  Optional<String> otherLeader();

  /** What keeps anybody from being heard of, in one sentence; empty while the answers come. */
  default Optional<String> trouble() {
    return Optional.empty();
  }
}
