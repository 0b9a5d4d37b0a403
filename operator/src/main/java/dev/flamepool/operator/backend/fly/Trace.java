package dev.flamepool.operator.backend.fly;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of one attempt's machine and need not survive it. Guarded by itself, so
 * that calls about one machine follow each other.
 */
final class Trace {
  /** Fly's id of it, once known. */
  Optional<String> id = Optional.empty();

  /** The number of the last call that changed something; a listing counts only if it is later. */
  long changed;

  /** Before this a create may still be under way, whatever a listing says. */
  Instant unsettledUntil = Instant.MIN;

  /** This process fixed the attempt, and no create of it went without an answer. */
  boolean fresh;

  /** Every create of a fresh attempt was refused for sure: there is no machine. */
  boolean never;

  /** How many hosts that Fly picked were full. */
  int fullHosts;

  /** Since when no listing has it. */
  @Nullable Instant absentSince;

  /** When it was first told to be destroyed. */
  @Nullable Instant doomed;

  /** When it was last told to be destroyed. */
  @Nullable Instant destroyed;
}
