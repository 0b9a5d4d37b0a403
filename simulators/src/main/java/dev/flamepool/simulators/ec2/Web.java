package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and replies as all four services see them; they are never compared. */
@SuppressWarnings("ArrayRecordComponent")
final class Web {
  private Web() {}

  /**
   * What came.
   *
   * @param path decoded
   * @param rawPath as it was sent, without the query
   * @param query decoded
   * @param headers with names in lower case; the last value of each
   */
  record Request(
      String method,
      String path,
      String rawPath,
      Map<String, String> query,
      Map<String, String> headers,
      byte[] body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** What goes back. */
  record Reply(int status, String code, Map<String, String> headers, byte[] body) {
    static Reply of(int status, String type, String body) {
      return new Reply(status, "", Map.of("Content-Type", type), body.getBytes(UTF_8));
    }

    static Reply refusal(AwsError error, String type, String body) {
      return new Reply(
          error.status(), error.code(), Map.of("Content-Type", type), body.getBytes(UTF_8));
    }
  }

  /** One of the services behind the address. */
  interface Service {
    /** What the journal and faults call it. */
    String operation(Request request);

    /** Refuses what has no right to ask, or asks too often. */
    void admit(Request request) throws AwsError;

    Reply serve(Request request, @Nullable Effect effect) throws AwsError;

    /** A refusal in the service's own form. */
    Reply refusal(AwsError error, Request request);
  }

  /** The fields of a query or of a form, in order; a name without a value has the empty one. */
  static Map<String, String> form(@Nullable String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (text == null || text.isEmpty()) {
      return fields;
    }
    for (String field : text.split("&", -1)) {
      int equals = field.indexOf('=');
      String name = equals < 0 ? field : field.substring(0, equals);
      String value = equals < 0 ? "" : field.substring(equals + 1);
      fields.put(URLDecoder.decode(name, UTF_8), URLDecoder.decode(value, UTF_8));
    }
    return fields;
  }
}
