package dev.flamepool.wire;

/** Why a runner did not start a call. The call may go elsewhere: it did not run. */
public enum Refusal {
  /** All its places are taken. */
  FULL,
  /** It is ending and finishes what it has. */
  DRAINING,
  /** It is about to exit. */
  GONE,
  /** It serves one call only and that one has been. */
  CONSUMED,
  /** The slot is still busy with an earlier call. */
  BUSY,
  /** A reason that this version does not know. */
  OTHER
}
