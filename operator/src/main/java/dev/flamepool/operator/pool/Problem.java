package dev.flamepool.operator.pool;

/**
 * Something that keeps a pool from being served.
 *
 * @param reason one of a few stable words
 * @param message for people: what, and the remedy
 */
record Problem(String reason, String message) {}
