package dev.flamepool.operator.backend;

/**
 * Where work is done that calls backends, so that whoever gives it need not wait for their answers.
 */
@FunctionalInterface
public interface Places {
  /** Does everything at once, in the thread of whoever asks. */
  Places INLINE = (account, flow, work) -> work.run();

  /**
   * What a call uses of a backend.
   *
   * @param endpoint what answers: a URL, or a kind where there is but one
   * @param credentials whose they are and which, never themselves
   */
  record Account(String endpoint, Object credentials) {}

  /**
   * Has something done, now or later. An account's work waits for the account's own only.
   *
   * @param flow whose work it is: flows of an account take turns
   * @param work throws nothing
   */
  void run(Account account, String flow, Runnable work);
}
