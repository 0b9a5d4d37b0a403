package dev.flamepool.operator.credentials;

/**
 * A Secret has the name that a pool needs and does not belong to it. It is left as it is, and the
 * pool waits.
 */
public final class SecretConflictException extends RuntimeException {
  private final String secret;

  /**
   * A conflict.
   *
   * @param owner whose Secret should have that name
   */
  public SecretConflictException(String namespace, String name, String owner) {
    super(
        "Secret %s/%s exists and does not belong to %s: delete or rename it"
            .formatted(namespace, name, owner));
    this.secret = namespace + "/" + name;
  }

  /** Namespace and name of the Secret. */
  public String secret() {
    return secret;
  }
}
