package dev.flamepool.wire;

import org.jspecify.annotations.Nullable;

/** What a connection is for. */
enum Kind {
  /** Carries calls, one at a time. */
  SLOT(Protocol.KIND_SLOT),
  /** Carries control messages. */
  CONTROL(Protocol.KIND_CONTROL);

  private final int code;

  Kind(int code) {
    this.code = code;
  }

  /** Null for a number that this version does not know. */
  static @Nullable Kind of(int code) {
    for (Kind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    return null;
  }

  /** The whole table of who may open what. */
  boolean isFor(Role role) {
    return switch (role) {
      case CALLER -> true;
      case OPERATOR -> this == CONTROL;
    };
  }
}
