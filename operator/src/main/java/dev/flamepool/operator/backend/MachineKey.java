package dev.flamepool.operator.backend;

/**
 * The deterministic key of a machine: whoever knows the runner can find the machine, whatever was
 * lost in a crash.
 *
 * @param installation this operator's installation id
 * @param namespace of the pool
 * @param pool the pool's name
 * @param runner the FlameRunner's name
 * @param runnerUid the FlameRunner's uid
 * @param attempt number of the launch attempt, from 1
 */
public record MachineKey(
    String installation,
    String namespace,
    String pool,
    String runner,
    String runnerUid,
    int attempt) {}
