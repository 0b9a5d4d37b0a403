package dev.flamepool.operator.control;

import dev.flamepool.api.BackendKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether a runner that is ready answers the operator.
 *
 * @param poolUid its pool's
 * @param kind where its machine is
 * @param silentSince since when it does not answer; null while it does
 */
public record Contact(String poolUid, BackendKind kind, @Nullable Instant silentSince) {
  /** Connections that end for one reason are noticed within so long of each other. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final int MANY = 2;

  boolean isSilent() {
    return silentSince != null;
  }

  /**
   * Whether a runner is silent because the operator has lost its way: at least two fell silent
   * within a minute, and they are more than those that answer, of all runners or of those on the
   * same kind of machine. One runner alone, or the runners of one node among many, have trouble of
   * their own.
   *
   * @param all the contacts of all runners that are ready, with this one
   */
  boolean isCutOff(Collection<Contact> all) {
    return isSilent() && (isMany(all, false) || isMany(all, true));
  }

  private boolean isMany(Collection<Contact> all, boolean ofItsKind) {
    int fellSilent = 0;
    int answer = 0;
    for (Contact other : all) {
      if (ofItsKind && other.kind() != kind) {
        continue;
      }
      if (!other.isSilent()) {
        answer++;
      } else if (isNear(other)) {
        fellSilent++;
      }
    }
    return fellSilent >= MANY && fellSilent > answer;
  }

  private boolean isNear(Contact other) {
    return Duration.between(silentSince, other.silentSince()).abs().compareTo(WINDOW) <= 0;
  }
}
