package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;

/** An answer of AWS that is no success. */
final class AwsException extends Exception {
  private final Ec2Error error;

  AwsException(Ec2Error error, String message) {
    super(message);
    this.error = error;
  }

  Ec2Error error() {
    return error;
  }

  BackendException forBackend() {
    return new BackendException(error.kind(), getMessage(), this);
  }
}
