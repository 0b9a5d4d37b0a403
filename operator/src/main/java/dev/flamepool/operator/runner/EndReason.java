package dev.flamepool.operator.runner;

import dev.flamepool.operator.backend.BackendException;
import java.util.Arrays;
import java.util.Optional;

/** Why a runner ended, as in {@code status.reason}. Every runner has exactly one. */
public enum EndReason {
  /** Nobody called it for its idle time. */
  Idle(Kind.ORDERLY, 0),
  /** It has served its one call. */
  SingleUse(Kind.ORDERLY, 10),
  /** It reached {@code maxLifetime}. */
  Lifetime(Kind.ORDERLY, 11),
  /** It was told to end and finished its calls. */
  Drained(Kind.ORDERLY, 12),
  /** Neither a caller nor the operator was in contact. */
  Orphan(Kind.ORDERLY, 13),

  /** The pool now makes runners from something else. */
  SpecChanged(Kind.VOLUNTARY),
  /** Its pool has another authority: its certificate, and its callers', are revoked. */
  Revoked(Kind.VOLUNTARY),
  /** {@code max} was lowered. */
  MaxLowered(Kind.VOLUNTARY),
  /** Calls of another code version waited for a place, and all were taken. */
  MadeRoom(Kind.VOLUNTARY),
  /** Somebody deleted the runner, or its pool was deleted or suspended. */
  Deleted(Kind.VOLUNTARY),
  /** It had no machine yet, and does not carry the seal of its pool as it is now. */
  NotSealed(Kind.VOLUNTARY),

  /** It did not say hello in time. */
  BootTimeout(Kind.BOOT_FAILURE),
  /** It ended before it said hello. */
  BootFailed(Kind.BOOT_FAILURE),
  /** Its machine ran, and the operator has no way to it. */
  NoRoute(Kind.BOOT_FAILURE),
  /** What its launch needs has been lost. */
  BootSecretLost(Kind.BOOT_FAILURE),

  /** The backend has no room for it. */
  InsufficientCapacity(Kind.REFUSED),
  /** A limit of the account refused it. */
  QuotaExceeded(Kind.REFUSED),
  /** The backend refused the request itself. */
  InvalidConfiguration(Kind.REFUSED),
  /** The backend refused the credentials. */
  CredentialsRefused(Kind.REFUSED),

  /** It served, and then its process or machine was gone. */
  Lost(Kind.LOST),
  /** It served, and then ran out of memory. */
  OutOfMemory(Kind.LOST, 3),
  /** It served, and then a call or the application ended it with {@code System.exit}. */
  Exited(Kind.LOST, 14),
  /** EC2 took its spot instance back; if there was time for it, its calls were finished first. */
  SpotInterrupted(Kind.LOST),
  /** Its machine runs, but nobody answers there. */
  Unreachable(Kind.LOST);

  /** What a reason means for its pool. */
  public enum Kind {
    /** The runner ended by itself, as it should. */
    ORDERLY,
    /** The operator ended it. */
    VOLUNTARY,
    /** It never became ready. */
    BOOT_FAILURE,
    /** The backend never made a machine. */
    REFUSED,
    /** It was ready and failed. */
    LOST
  }

  private final Kind kind;
  private final int exitCode;

  EndReason(Kind kind) {
    this(kind, -1);
  }

  EndReason(Kind kind, int exitCode) {
    this.kind = kind;
    this.exitCode = exitCode;
  }

  /** What it means for the pool. */
  public Kind kind() {
    return kind;
  }

  /** Whether the pool lists it among its recent failures. */
  public boolean isFailure() {
    return kind == Kind.BOOT_FAILURE || kind == Kind.REFUSED || kind == Kind.LOST;
  }

  /** Reads {@code status.reason}; empty for what is no reason of an end. */
  public static Optional<EndReason> of(@org.jspecify.annotations.Nullable String text) {
    return Arrays.stream(values()).filter(reason -> reason.name().equals(text)).findFirst();
  }

  /** The end that a runner's exit code stands for. */
  static Optional<EndReason> ofExitCode(int code) {
    return Arrays.stream(values())
        .filter(reason -> reason.exitCode >= 0 && reason.exitCode == code)
        .findFirst();
  }

  /** The refusal that leads to this end; empty for ends that none leads to. */
  Optional<BackendException.Kind> refusal() {
    return Arrays.stream(BackendException.Kind.values())
        .filter(refusal -> ofRefusal(refusal).equals(Optional.of(this)))
        .findFirst();
  }

  /** The end that a definite refusal leads to; empty for those that are tried again. */
  static Optional<EndReason> ofRefusal(BackendException.Kind kind) {
    return switch (kind) {
      case CAPACITY -> Optional.of(InsufficientCapacity);
      case QUOTA -> Optional.of(QuotaExceeded);
      case CONFIGURATION -> Optional.of(InvalidConfiguration);
      case CREDENTIALS -> Optional.of(CredentialsRefused);
      case RATE_LIMITED, AMBIGUOUS -> Optional.empty();
    };
  }
}
