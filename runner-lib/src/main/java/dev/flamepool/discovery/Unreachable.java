package dev.flamepool.discovery;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Why a request had no answer, in words that lead to the remedy. */
final class Unreachable {
  /** Where a client looks that was told nothing. */
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
    String message = root.getMessage();
    String said = message == null ? root.getClass().getSimpleName() : message;
    if (known instanceof UnknownHostException) {
      return server.startsWith(IN_CLUSTER)
          ? "no kubeconfig was found, in KUBECONFIG or ~/.kube/config, and this process is in no"
              + " cluster; give one: Flame.builder().kubeconfig(file), or develop with"
              + " Flame.inProcess()"
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
}
