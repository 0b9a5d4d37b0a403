package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.operator.backend.CrashPoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Every request of the SDK is a crash point before and after it, such as {@code before EC2
 * RunInstances}.
 *
 * @param inner sends them, and stays open
 */
record CrashingHttp(SdkHttpClient inner, CrashPoints points) implements SdkHttpClient {
  private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=([A-Za-z]+)");

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    String what = what(request);
    ExecutableHttpRequest prepared = inner.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        points.reach("before " + what);
        HttpExecuteResponse response = prepared.call();
        try {
          points.reach("after " + what);
        } catch (Error crash) {
          prepared.abort();
          throw crash;
        }
        return response;
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  private static String what(HttpExecuteRequest request) {
    SdkHttpRequest http = request.httpRequest();
    String method = http.method().name();
    String path = http.encodedPath();
    return http.firstMatchingHeader("X-Amz-Target")
        .map(target -> "SSM " + target)
        .orElseGet(
            () -> method.equals("POST") ? "EC2 " + action(request) : "S3 " + method + " " + path);
  }

  private static String action(HttpExecuteRequest request) {
    try (InputStream body = request.contentStreamProvider().orElseThrow().newStream()) {
      Matcher action = ACTION.matcher(new String(body.readAllBytes(), UTF_8));
      return action.find() ? action.group(1) : "?";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}

  @Override
  public String clientName() {
    return inner.clientName();
  }
}
