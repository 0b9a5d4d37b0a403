package dev.flamepool.minicluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;

/** A refusal, with the Status object that tells the client why. */
final class ApiException extends RuntimeException {
  /** One entry of {@code details.causes}. */
  record Cause(String reason, String message, String field) {
    static Cause invalid(String field, Object value, String why) {
      return new Cause(
          "FieldValueInvalid",
          "Invalid value: " + value + (why.isEmpty() ? "" : ": " + why),
          field);
    }

    static Cause forbidden(String field, String why) {
      return new Cause("FieldValueForbidden", "Forbidden: " + why, field);
    }

    static Cause required(String field, String why) {
      return new Cause(
          "FieldValueRequired", why.isEmpty() ? "Required value" : "Required value: " + why, field);
    }
  }

  private final transient ObjectNode status;

  private ApiException(ObjectNode status) {
    super(status.path("message").asText());
    this.status = status;
  }

  ObjectNode status() {
    return status;
  }

  int code() {
    return status.path("code").asInt();
  }

  static ApiException of(int code, String reason, String message) {
    return new ApiException(failure(code, reason, message));
  }

  private static ApiException of(
      int code, String reason, String message, Kind kind, String name, List<Cause> causes) {
    ObjectNode status = failure(code, reason, message);
    boolean aboutAnObject = code == 422;
    ObjectNode details =
        Json.object(
            "name",
            name,
            "group",
            kind.group(),
            "kind",
            aboutAnObject ? kind.kind() : kind.plural());
    if (!causes.isEmpty()) {
      details.set("causes", Json.array(causes));
    }
    status.set("details", details);
    return new ApiException(status);
  }

  private static ObjectNode failure(int code, String reason, String message) {
    return Json.object(
        "kind",
        "Status",
        "apiVersion",
        "v1",
        "metadata",
        Json.object(),
        "status",
        "Failure",
        "message",
        message,
        "reason",
        reason,
        "code",
        code);
  }

  static ApiException badRequest(String message) {
    return of(400, "BadRequest", message);
  }

  static ApiException noSuchPath() {
    return of(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiException expired(long asked, long oldest) {
    return of(410, "Expired", "too old resource version: " + asked + " (" + oldest + ")");
  }

  static ApiException notFound(Kind kind, String name) {
    return of(
        404, "NotFound", kind.resource() + " \"" + name + "\" not found", kind, name, List.of());
  }

  static ApiException alreadyExists(Kind kind, String name) {
    return of(
        409,
        "AlreadyExists",
        kind.resource() + " \"" + name + "\" already exists",
        kind,
        name,
        List.of());
  }

  static ApiException conflict(Kind kind, String name, String why, List<Cause> causes) {
    String message =
        "Operation cannot be fulfilled on " + kind.resource() + " \"" + name + "\": " + why;
    return of(409, "Conflict", causes.isEmpty() ? message : why, kind, name, causes);
  }

  static ApiException stale(Kind kind, String name) {
    String why =
        "the object has been modified; please apply your changes to the latest version and try again";
    return conflict(kind, name, why, List.of());
  }

  static ApiException forbidden(Kind kind, String name, String why, List<Cause> causes) {
    return of(
        403,
        "Forbidden",
        kind.resource() + " \"" + name + "\" is forbidden: " + why,
        kind,
        name,
        causes);
  }

  static ApiException invalid(Kind kind, String name, List<Cause> causes) {
    String all =
        causes.stream().map(c -> c.field() + ": " + c.message()).collect(Collectors.joining(", "));
    String type = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    String message =
        type + " \"" + name + "\" is invalid: " + (causes.size() == 1 ? all : "[" + all + "]");
    return of(422, "Invalid", message, kind, name, causes);
  }
}
