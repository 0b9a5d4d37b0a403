package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Trouble;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this process knows of one attempt's Pod and need not survive it. Thread-safe. */
final class Trace {
  /** Its Pod's uid, once that was seen. */
  volatile @Nullable String id;

  /** How it ended, once its object is gone; null while it is there, or never was. */
  volatile @Nullable Machine ended;

  /** Whether it was told to go for good: then its end is of no interest any more. */
  volatile boolean doomed;

  /** When it was last told so. */
  volatile @Nullable Instant told;

  /** Its last output after a failure; null until it was read. */
  volatile @Nullable List<String> lines;

  /** Why it ended, as people may read it; null until that was found out. */
  volatile @Nullable Trouble end;

  private @Nullable String pull;

  /**
   * Older kubelets say why an image cannot be pulled when they have tried, and not while they wait
   * to try again.
   *
   * @return the trouble, with the reason that was told before if it has none of its own
   */
  synchronized Optional<Trouble> remember(Trouble trouble) {
    if (trouble.reason().equals(PodTrouble.ERR_IMAGE_PULL)) {
      pull = trouble.words();
    }
    boolean bare =
        trouble.reason().equals(PodTrouble.IMAGE_PULL_BACK_OFF)
            && !trouble.words().contains(PodTrouble.ERR_IMAGE_PULL);
    return Optional.of(
        bare && pull != null
            ? PodTrouble.waiting(trouble.reason(), trouble.words() + ": " + pull, "")
            : trouble);
  }
}
