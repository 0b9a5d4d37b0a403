package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;

/** A refusal, with the Status object that tells the client why. */
final class ApiException extends RuntimeException {
  /** One entry of {@code details.causes}. */
  record Cause(String reason, String message, String field) {
    static Cause invalid(String field, Object value, String why) {
      return new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + why, field);
    }

    static Cause forbidden(String field, String why) {
      return new Cause("FieldValueForbidden", "Forbidden: " + why, field);
    }
  }

  private final transient ObjectNode status;

  ApiException(int code, String reason, String message) {
    super(message);
    String template =
        "{kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure',"
            + " message: %s, reason: %s, code: %s}";
    status = Json.of(template, message, reason, code);
  }

  ObjectNode status() {
    return status;
  }

  int code() {
    return status.path("code").asInt();
  }

  /** A refusal about one object; the message begins with its name. */
  static ApiException of(
      int code, String reason, Kind kind, String name, String why, Cause... causes) {
    ApiException refusal = new ApiException(code, reason, kind.quoted(name) + " " + why);
    return refusal.about(kind, name, List.of(causes));
  }

  private ApiException about(Kind kind, String name, List<Cause> causes) {
    String details = "{name: %s, group: %s, kind: %s, causes: %s}";
    status.set("details", Json.of(details, name, kind.group(), kind.plural(), causes));
    return this;
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, "BadRequest", message);
  }

  static ApiException noSuchPath() {
    return new ApiException(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiException invalid(Kind kind, String name, List<Cause> causes) {
    String all =
        causes.stream().map(c -> c.field() + ": " + c.message()).collect(Collectors.joining(", "));
    String list = causes.size() == 1 ? all : "[" + all + "]";
    String type = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    String message = type + " \"" + name + "\" is invalid: " + list;
    return new ApiException(422, "Invalid", message).about(kind, name, causes);
  }
}
