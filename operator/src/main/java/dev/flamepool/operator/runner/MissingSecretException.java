package dev.flamepool.operator.runner;

/** The environment names a Secret or key that does not exist; the message says which. */
final class MissingSecretException extends Exception {
  MissingSecretException(String message) {
    super(message);
  }
}
