package dev.flamepool.simulators.fly;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that is known of a machine, as it lies in its file. Guarded by the lock of {@link Cloud}. */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE,
    isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class FlyMachine {
  /** What a test or a developer wants to go wrong with it. */
  enum Quirk {
    /** It is never launched, until this is taken away. */
    STUCK_CREATED,
    /** Its process does not start. */
    FAILS_TO_BOOT,
    /** Its end never comes, until this is taken away. */
    STUCK_DESTROYING,
    /** Its host does not answer; its process stands still. */
    HOST_UNREACHABLE
  }

  /** Something that happened to it. */
  record Event(
      String id,
      String type,
      String status,
      String source,
      long timestamp,
      @Nullable ObjectNode request) {}

  /** Who may change it for now. */
  record Lease(String nonce, long expiresAtMs, String owner, String description, String version) {}

  String id = "";
  String app = "";
  String name = "";
  String region = "";
  String state = "created";
  String instanceId = "";

  /** The IPv4 loopback address that is its own. */
  String address = "";

  ObjectNode config = JsonNodeFactory.instance.objectNode();
  long createdMs;
  long updatedMs;

  /** Newest first. */
  List<Event> events = new ArrayList<>();

  @Nullable Lease lease;
  Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
  boolean cordoned;

  /** When its state changes by itself; -1 if it does not. */
  long dueMs = -1;

  /** Lists and gets do not know it before. */
  long visibleMs;

  /** Its end is asked for by a user, so that it is not started again. */
  boolean requestedStop;

  /** Its end is asked for only in order to start it again. */
  boolean restartAfterStop;

  int restarts;

  boolean is(Quirk quirk) {
    return quirks.contains(quirk);
  }

  boolean isIn(String... states) {
    return List.of(states).contains(state);
  }

  boolean isDestroyed() {
    return state.equals("destroyed");
  }

  /** Whether its state will not change by itself. */
  boolean isSettled() {
    return isIn("stopped", "started", "suspended", "failed", "destroyed")
        || (state.equals("created") && dueMs < 0);
  }

  void event(String type, String status, String source, long now) {
    event(type, status, source, now, null);
  }

  void event(String type, String status, String source, long now, @Nullable ObjectNode request) {
    events.add(0, new Event(Ids.ulid(now), type, status, source, now, request));
  }
}
