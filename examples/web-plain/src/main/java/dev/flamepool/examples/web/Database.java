package dev.flamepool.examples.web;

/**
 * Stands for a connection pool.
 *
 * @param connections how many it may open: a runner serves few calls, and there may be many runners
 */
record Database(int connections) {}
