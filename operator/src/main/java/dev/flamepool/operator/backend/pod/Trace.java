package dev.flamepool.operator.backend.pod;

import dev.flamepool.operator.backend.Machine;
import java.time.Instant;
import java.util.List;
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
}
