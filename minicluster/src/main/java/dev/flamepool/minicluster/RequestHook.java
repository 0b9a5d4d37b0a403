package dev.flamepool.minicluster;

import java.io.IOException;

/**
 * Sees every authenticated request at the HTTP edge, on the thread that serves it; tests count
 * requests and inject faults with it. Implementations are called concurrently.
 */
public interface RequestHook {
  /** Lets the request pass. */
  int PASS = 0;

  /**
   * Called before the request is handled.
   *
   * @param path path and query, as sent
   * @param body the request's body, empty if it has none
   * @return {@link #PASS}, or an HTTP status such as 409, 429 or 500 to answer instead
   * @throws IOException to close the connection without an answer and without effect
   */
  default int before(String method, String path, String body) throws IOException {
    return PASS;
  }

  /** What an answer says that {@link #before} gave in place of the server's. */
  default String words(String method, String path) {
    return "injected by a request hook";
  }

  /**
   * Called after the request took effect and before it is answered; for a watch, before its first
   * event.
   *
   * @param status the HTTP status that will be answered
   * @throws IOException to close the connection without an answer: a lost response
   */
  default void after(String method, String path, String body, int status) throws IOException {}
}
