package dev.flamepool.operator.backend.fly;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flamepool.operator.backend.ListedMachine;
import dev.flamepool.operator.backend.MachineKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the API says of a machine, as far as it counts here. Fields and states that are not known
 * are tolerated; of a host that cannot be reached much is missing.
 *
 * @param id Fly's
 * @param name unique among the living of the app
 * @param state Fly's word
 * @param privateIp address in the organisation's private network; empty when there is none yet
 * @param metadata as given at the create
 * @param lost whether its host has stopped to answer, so that nothing can be done with it
 * @param exit how its process ended last
 * @param events what happened, oldest first, for people
 */
record FlyMachine(
    String id,
    String name,
    String state,
    String privateIp,
    Map<String, String> metadata,
    boolean lost,
    Optional<Exit> exit,
    List<String> events)
    implements ListedMachine {

  /** The end of a process. */
  record Exit(OptionalInt code, boolean outOfMemory, boolean requested) {}

  private static final int MAX_EVENTS = 20;

  /** A shell's code of a process that a signal ended is the signal and this. */
  private static final int SIGNALLED = 128;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern IP = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_. -]{0,40}");

  /** Reads one; empty for what is no machine. */
  static Optional<FlyMachine> of(JsonNode json) {
    String id = json.path("id").asText("");
    if (!isId(id)) {
      return Optional.empty();
    }
    String ip = json.path("private_ip").asText("");
    return Optional.of(
        new FlyMachine(
            id,
            json.path("name").asText(""),
            json.path("state").asText(""),
            IP.matcher(ip).matches() ? ip : "",
            metadata(json),
            json.path("host_status").asText("").equals("unreachable"),
            exit(json.path("events")),
            events(json.path("events"))));
  }

  /** Whether Fly can have given it to a machine. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  @Override
  public Optional<MachineKey> key() {
    return Ownership.MARKS.key(metadata);
  }

  /** Fly has room and name free for others: nothing of it runs, ever again. */
  @Override
  public boolean isGone() {
    return state.equals("destroyed") || state.equals("replaced") || state.equals("migrated");
  }

  /** How it came to its state, in Fly's words. */
  String story() {
    String last = events.isEmpty() ? "no event of it" : events.get(events.size() - 1);
    return "Fly says %s, and as the last event: %s".formatted(state, last);
  }

  private static Map<String, String> metadata(JsonNode json) {
    Map<String, String> metadata = new TreeMap<>();
    for (String from : List.of("incomplete_config", "config")) {
      json.path(from)
          .path("metadata")
          .properties()
          .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().asText("")));
    }
    return metadata;
  }

  /** Of the newest exit; Fly lists the newest event first. */
  private static Optional<Exit> exit(JsonNode events) {
    for (JsonNode event : events) {
      JsonNode exit = exitOf(event.path("request"));
      if (exit.isObject()) {
        return Optional.of(
            new Exit(
                code(exit),
                exit.path("oom_killed").asBoolean(),
                exit.path("requested_stop").asBoolean()));
      }
    }
    return Optional.empty();
  }

  /**
   * Fly tells two codes; the one that is not 0 is the process's. It also leaves out what is 0, and
   * a process that a signal ended has no code but that of a shell.
   */
  private static OptionalInt code(JsonNode exit) {
    for (String code : List.of("exit_code", "guest_exit_code")) {
      if (exit.path(code).asInt() != 0) {
        return OptionalInt.of(exit.path(code).asInt());
      }
    }
    for (String signal : List.of("signal", "guest_signal")) {
      if (exit.path(signal).asInt() > 0) {
        return OptionalInt.of(SIGNALLED + exit.path(signal).asInt());
      }
    }
    return exit.path("oom_killed").asBoolean() ? OptionalInt.empty() : OptionalInt.of(0);
  }

  private static List<String> events(JsonNode events) {
    List<String> lines = new ArrayList<>();
    for (JsonNode event : events) {
      if (lines.size() == MAX_EVENTS) {
        break;
      }
      lines.add(
          "%s %s %s (%s)%s"
              .formatted(
                  time(event.path("timestamp")),
                  word(event.path("type")),
                  word(event.path("status")),
                  word(event.path("source")),
                  exitWords(event.path("request"))));
    }
    Collections.reverse(lines);
    return List.copyOf(lines);
  }

  private static JsonNode exitOf(JsonNode request) {
    return request.has("exit_event")
        ? request.get("exit_event")
        : request.path("MonitorEvent").path("exit_event");
  }

  private static String exitWords(JsonNode request) {
    JsonNode exit = exitOf(request);
    return exit.isObject()
        ? ", exit code %s%s"
            .formatted(
                code(exit).isPresent() ? code(exit).getAsInt() : "unknown",
                exit.path("oom_killed").asBoolean() ? ", out of memory" : "")
        : "";
  }

  private static String time(JsonNode timestamp) {
    return timestamp.isNumber()
        ? Instant.ofEpochMilli(timestamp.asLong()).toString()
        : "at an unknown time";
  }

  private static String word(JsonNode text) {
    String word = text.asText("");
    return WORD.matcher(word).matches() ? word : "?";
  }
}
