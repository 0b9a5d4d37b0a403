package dev.flamepool.discovery;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Why a request had no answer, in words that lead to the remedy. */
final class Unreachable {
  /** The API server as Pods know it. */
  private static final String IN_CLUSTER = "https://kubernetes.default.svc";

  private Unreachable() {}

  static String why(String server, Throwable failure) {
    Throwable root = failure;
    Throwable known = null;
    while (true) {
      if (root instanceof ConnectException
          || root instanceof UnknownHostException
          || root instanceof CertificateException
          || root instanceof SSLException) {
        known = root;
      }
      if (root.getCause() == null) {
        break;
      }
      root = root.getCause();
    }
    String said = words(root);
    if (known instanceof UnknownHostException) {
      return server.startsWith(IN_CLUSTER)
          ? "unknown host; only Pods know that name: check the server of the kubeconfig's context"
          : "unknown host; check the server of the kubeconfig's context";
    }
    if (known instanceof ConnectException) {
      return "connection refused or no route; does the API server run there? (" + said + ")";
    }
    if (known instanceof CertificateException || known instanceof SSLException) {
      return "its certificate is not trusted; check certificate-authority of the kubeconfig ("
          + said
          + ")";
    }
    return said;
  }

  /** What the first of its causes says. */
  static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return words(root);
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
