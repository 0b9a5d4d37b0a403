package dev.flamepool.discovery;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/**
 * Why a request had no answer, in words that lead to the remedy.
 *
 * @param kind the same for all failures of one kind
 * @param words for people
 */
record Unreachable(String kind, String words) {
  /** The API server as Pods know it. */
  private static final String IN_CLUSTER = "https://kubernetes.default.svc";

  static Unreachable of(String server, Throwable failure) {
    String said = root(failure);
    Throwable known = null;
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (isKnown(each) && !(known instanceof HttpTimeoutException)) {
        known = each; // the last says most, but a time-out says of itself that it is a refusal
      }
    }
    if (known instanceof UnknownHostException || known instanceof UnresolvedAddressException) {
      return new Unreachable(
          "unknown host",
          server.startsWith(IN_CLUSTER)
              ? "unknown host; only Pods know that name: check the server of the kubeconfig's"
                  + " context"
              : "unknown host; check the server of the kubeconfig's context");
    }
    if (known instanceof ConnectException) {
      return new Unreachable(
          "refused",
          "connection refused or no route; does the API server run there?" + inBrackets(failure));
    }
    if (known instanceof HttpTimeoutException) {
      return new Unreachable(
          "silent",
          "no answer in time; is a firewall or a proxy on the way?" + inBrackets(failure));
    }
    if (known != null) {
      return new Unreachable(
          "untrusted",
          "its certificate is not trusted; check certificate-authority of the kubeconfig"
              + inBrackets(failure));
    }
    return new Unreachable(said, said);
  }

  private static boolean isKnown(Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof UnresolvedAddressException
        || failure instanceof HttpTimeoutException
        || failure instanceof CertificateException
        || failure instanceof SSLException;
  }

  /** What the first of its causes says, if it says anything. */
  private static String inBrackets(Throwable failure) {
    Throwable first = first(failure);
    return first.getMessage() == null ? "" : " (" + words(first) + ")";
  }

  /** What the first of its causes says. */
  static String root(Throwable failure) {
    return words(first(failure));
  }

  private static Throwable first(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String words(Throwable root) {
    String message = root.getMessage();
    if (message == null) {
      return root.getClass().getSimpleName();
    }
    return root instanceof NoSuchFileException
        ? "there is no file " + message
        : root instanceof AccessDeniedException ? "this process may not read " + message : message;
  }
}
