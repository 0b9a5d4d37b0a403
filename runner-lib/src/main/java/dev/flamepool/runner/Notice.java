package dev.flamepool.runner;

import dev.flamepool.wire.EndCause;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a machine says of the SIGTERM that it sends: by a file that it puts there before. */
final class Notice {
  /** Beside the runner's identity, where only the machine's root and the runner can write. */
  static final String SPOT_INTERRUPTED = "spot-interrupted";

  private Notice() {}

  /** Why a runner was told to end. */
  static EndCause cause(Path identity) {
    return Files.exists(identity.resolve(SPOT_INTERRUPTED))
        ? EndCause.SPOT_INTERRUPTED
        : EndCause.DRAINED;
  }
}
