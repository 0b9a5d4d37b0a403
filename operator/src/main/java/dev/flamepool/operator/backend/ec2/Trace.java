package dev.flamepool.operator.backend.ec2;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of one attempt's instance and need not survive it. Guarded by itself, so
 * that calls about one instance follow each other.
 */
final class Trace {
  /** EC2's id of it, once known. */
  Optional<String> id = Optional.empty();

  /** What the runner's status says of that; counts only if the instance says the same. */
  Optional<String> stored = Optional.empty();

  /** The number of the last call that changed something; a listing counts only if it is later. */
  long changed;

  /** When this process last asked for it and was not refused: so long it may not be visible yet. */
  Instant asked = Instant.MIN;

  /** This process fixed the attempt, so that nobody asked for its instance before. */
  boolean fresh;

  /** It was refused for sure, and nobody ever asked for it otherwise: there is none. */
  boolean never;

  /** When its boot object was put there last, if it was not removed since. */
  @Nullable Instant bootPut;

  /** When it was last told to end. */
  @Nullable Instant told;

  /** The values that nobody may read in its output; null when this process did not launch it. */
  @Nullable Collection<String> secrets;

  /** It was to be deleted, and not only to end. */
  boolean deleted;

  /** It was seen terminated; EC2 forgets such instances after an hour. */
  boolean gone;

  /** Its boot object was removed by this process, and not put again. */
  boolean bootRemoved;

  /** What its instance may have left beside that was removed. */
  boolean reportRemoved;

  /** How often its instance profile was not known yet. */
  int withoutProfile;

  /**
   * A launch came to nothing for sure.
   *
   * @return whether nobody's came to anything else, as far as this process knows
   */
  boolean notAsked() {
    if (!asked.equals(Instant.MIN)) {
      return false;
    }
    never = fresh;
    return true;
  }
}
