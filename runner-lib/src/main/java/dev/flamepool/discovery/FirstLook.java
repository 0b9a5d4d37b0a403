package dev.flamepool.discovery;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster once whether it is there and lets this process in, so that this is known before
 * the first call waits. What account may do what is no part of it. Thread-safe.
 */
final class FirstLook {
  /** Of each of the client's tries. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final CompletableFuture<Optional<Trouble>> seen = new CompletableFuture<>();
  private final CompletableFuture<HttpResponse<String>> asked;

  private FirstLook(CompletableFuture<HttpResponse<String>> asked) {
    this.asked = asked;
  }

  /** Asks, and does not wait. */
  static FirstLook at(KubernetesClient client) {
    return at(client, PATIENCE);
  }

  static FirstLook at(KubernetesClient client, Duration patience) {
    String server = client.getMasterUrl().toString();
    HttpClient http = client.getHttpClient();
    FirstLook look =
        new FirstLook(
            http.sendAsync(
                http.newHttpRequestBuilder()
                    .uri(server + "version")
                    .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .build(),
                String.class));
    var unused =
        look.asked.whenComplete(
            (answer, failure) ->
                look.seen.complete(
                    Optional.ofNullable(failure(answer, failure))
                        .map(why -> Trouble.of(server, "reach", "the cluster", "", "", why))));
    return look;
  }

  private static @Nullable Throwable failure(
      @Nullable HttpResponse<String> answer, @Nullable Throwable failure) {
    return answer != null && answer.code() == HttpURLConnection.HTTP_UNAUTHORIZED
        ? new KubernetesClientException(new StatusBuilder().withCode(answer.code()).build())
        : failure;
  }

  /** What is in the way, once it is known; empty if nothing is. Never comes after the end. */
  CompletableFuture<Optional<Trouble>> seen() {
    return seen;
  }

  /** Nobody wants to know any more. */
  void end() {
    seen.cancel(false);
    asked.cancel(true);
  }
}
