package dev.flamepool.simulators.ec2;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that is known of an instance, as it lies in its file. Guarded by {@link Cloud}'s lock. */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE,
    isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class Instance {
  String id = "";
  String reservation = "";
  long sequence;
  String state = "pending";

  /** What launched it; the fingerprint is of all parameters of that request. */
  String token = "";

  String fingerprint = "";

  /** The loopback address that is its own, told as private and, if it has one, public address. */
  String address = "";

  boolean publicAddress;
  String image = "";
  String type = "";
  int vcpus;
  String architecture = "x86_64";
  String subnet = "";
  String vpc = "";
  String zone = "";
  List<String> groups = new ArrayList<>();
  String keyName = "";

  /** Name, or ARN, of the instance profile. */
  String profile = "";

  boolean spot;
  boolean encrypted;
  boolean protectedFromTermination;
  String shutdownBehavior = "stop";
  String userData = "";

  /** Its EBS volumes by device name, each with whether it goes with the instance. */
  Map<String, Boolean> volumes = new LinkedHashMap<>();

  Map<String, String> tags = new LinkedHashMap<>();
  Map<String, String> volumeTags = new LinkedHashMap<>();
  Map<String, String> interfaceTags = new LinkedHashMap<>();
  String httpTokens = "optional";
  String httpEndpoint = "enabled";
  String metadataTags = "disabled";
  int hopLimit = 1;

  String reasonCode = "";
  String reasonWords = "";
  String transition = "";
  long launchedMs;
  long endedMs = -1;

  /** When its state changes by itself; -1 if it does not. */
  long dueMs = -1;

  /** No call knows it before. */
  long visibleMs;

  /** When a spot interruption terminates it; -1 without a notice. */
  long interruptedMs = -1;

  /** The reason with which its launch is to fail; empty if it is not to. */
  String failure = "";

  boolean stuckPending;
  boolean stuckShuttingDown;

  boolean isIn(String... states) {
    return List.of(states).contains(state);
  }

  /** Whether it counts against capacity, quotas and addresses. */
  boolean isLive() {
    return isIn("pending", "running", "shutting-down", "stopping");
  }

  int stateCode() {
    return code(state);
  }

  static int code(String state) {
    return switch (state) {
      case "pending" -> 0;
      case "running" -> 16;
      case "shutting-down" -> 32;
      case "terminated" -> 48;
      case "stopping" -> 64;
      default -> 80;
    };
  }
}
