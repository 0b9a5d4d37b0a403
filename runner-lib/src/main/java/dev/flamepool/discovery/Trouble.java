package dev.flamepool.discovery;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Says for people what a request that failed means. */
final class Trouble {
  private Trouble() {}

  /**
   * One line.
   *
   * @param verb such as {@code read}
   * @param what such as {@code FlamePool default/a}
   */
  static String of(String verb, String what, String pool, Throwable failure) {
    String cannot = "cannot " + verb + " " + what + ": ";
    return switch (code(failure)) {
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          cannot + "the cluster does not accept this process's credentials (401)";
      case HttpURLConnection.HTTP_FORBIDDEN ->
          cannot + "not allowed (403); bind this process's account to Role " + pool + "-caller";
      case HttpURLConnection.HTTP_NOT_FOUND ->
          cannot + "the cluster does not know the kind (404); install FlamePool's CRDs";
      default -> cannot + root(failure);
    };
  }

  private static int code(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException e && e.getCode() > 0) {
        return e.getCode();
      }
    }
    return 0;
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
