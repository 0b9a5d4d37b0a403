package dev.flamepool.operator.credentials;

/** A pool has no authority now; {@link Credentials#ensure} makes one. */
public final class MissingAuthorityException extends RuntimeException {
  MissingAuthorityException(String secret) {
    super("Secret " + secret + " with the pool's authority is missing; it is made with the pool");
  }
}
