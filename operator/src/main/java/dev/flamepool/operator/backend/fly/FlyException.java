package dev.flamepool.operator.backend.fly;

import dev.flamepool.operator.backend.BackendException;

/** An answer of Fly that is no success. */
final class FlyException extends Exception {
  private final FlyError error;

  FlyException(FlyError error, String message) {
    super(message);
    this.error = error;
  }

  FlyError error() {
    return error;
  }

  FlyError.Meaning meaning() {
    return error.meaning();
  }

  BackendException forBackend() {
    return new BackendException(meaning().kind(), getMessage(), this);
  }
}
