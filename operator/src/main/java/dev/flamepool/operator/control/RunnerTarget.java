package dev.flamepool.operator.control;

/**
 * A runner to be connected to.
 *
 * @param namespace of the pool
 * @param pool the pool's name
 * @param poolUid the pool's uid, which selects the certificate authority
 * @param runner the runner's name
 * @param runnerUid what its certificate must name
 * @param address {@code host:port}
 */
public record RunnerTarget(
    String namespace,
    String pool,
    String poolUid,
    String runner,
    String runnerUid,
    String address) {}
