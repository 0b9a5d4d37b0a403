package dev.flamepool.operator.cluster;

import dev.flamepool.api.Names;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What keeps the operator from its work, in one sentence with the remedy. Pure. */
public final class Obstacle {
  private static final int MAX_CAUSES = 20;

  private Obstacle() {}

  /**
   * The sentence.
   *
   * @param server the API server's address
   * @return empty for what is not expected, whose stack trace is worth reading
   */
  public static Optional<String> of(String server, Throwable failure) {
    return known("the API server " + server, failure);
  }

  /** The same for a server whose address is not known. */
  static Optional<String> of(Throwable failure) {
    return known("the API server", failure);
  }

  private static Optional<String> known(String server, Throwable failure) {
    List<Throwable> causes = causes(failure);
    for (Throwable cause : causes) {
      if (cause instanceof KubernetesClientException answer && answer.getCode() > 0) {
        return Optional.of(refused(server, answer));
      }
    }
    for (Throwable cause : causes) {
      Optional<String> why = unreachable(cause);
      if (why.isPresent()) {
        return Optional.of(server + " cannot be reached: " + why.get());
      }
    }
    return Optional.empty();
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable e = failure; e != null && causes.size() < MAX_CAUSES; e = e.getCause()) {
      causes.add(e);
    }
    return causes;
  }

  private static String refused(String server, KubernetesClientException answer) {
    String words =
        answer.getStatus() == null || answer.getStatus().getMessage() == null
            ? answer.getMessage()
            : answer.getStatus().getMessage();
    return switch (answer.getCode()) {
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          server
              + " does not accept the operator's credentials (401); renew those of its service"
              + " account or kubeconfig";
      case HttpURLConnection.HTTP_FORBIDDEN ->
          words + " (403); its Roles come with the chart and with manifests/operator";
      case HttpURLConnection.HTTP_NOT_FOUND ->
          String.valueOf(answer.getMessage()).contains(Names.GROUP)
              ? "the cluster does not know FlamePool's kinds (404); install them: kubectl apply"
                  + " --server-side -k manifests/crds"
              : words + " (404)";
      default -> server + " answered " + answer.getCode() + ": " + words;
    };
  }

  private static Optional<String> unreachable(Throwable cause) {
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return Optional.of("unknown host; check the server of the kubeconfig's context");
    }
    if (cause instanceof ConnectException) {
      return Optional.of("connection refused or no route; does it run there?");
    }
    if (cause instanceof CertificateException || cause instanceof SSLException) {
      return Optional.of(
          "its certificate is not trusted; check certificate-authority of the kubeconfig ("
              + cause.getMessage()
              + ")");
    }
    return cause instanceof HttpTimeoutException
            || cause instanceof SocketTimeoutException
            || cause instanceof TimeoutException
        ? Optional.of("it did not answer in time")
        : Optional.empty();
  }
}
