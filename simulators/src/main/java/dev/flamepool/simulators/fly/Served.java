package dev.flamepool.simulators.fly;

import java.time.Instant;

/**
 * A request that the simulator has seen.
 *
 * @param at by the simulator's clock
 * @param operation its name in Fly's document, empty if it is none
 * @param path with query
 * @param status what it was answered; 0 if the connection was closed without an answer
 */
public record Served(Instant at, String operation, String method, String path, int status) {}
