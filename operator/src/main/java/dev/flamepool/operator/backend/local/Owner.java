package dev.flamepool.operator.backend.local;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * The ownership mark in a runner's folder.
 *
 * @param key whose machine it is
 * @param token of the attempt
 * @param createdMs when the folder was made, in epoch milliseconds
 * @param command whether the user's own command runs in it, which cannot be marked
 */
record Owner(MachineKey key, String token, long createdMs, boolean command) {
  static final String FILE = "owner.json";

  private static final JsonMapper JSON = new JsonMapper();

  static Owner of(LaunchAttempt attempt, Instant now) {
    boolean command = attempt.entry().local().command() != null;
    return new Owner(attempt.key(), attempt.token(), now.toEpochMilli(), command);
  }

  static Owner read(Path file) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), Owner.class);
  }

  void write(Path file) throws IOException {
    Files.write(file, JSON.writeValueAsBytes(this));
  }
}
