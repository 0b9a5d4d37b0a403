package dev.flamepool.closure;

import java.io.InvalidClassException;

/** A class that must not arrive. */
final class RefusedClassException extends InvalidClassException {
  private static final long serialVersionUID = 1;

  RefusedClassException(String reason) {
    super(reason);
  }
}
