/**
 * The wire between callers, operator and runner: mutual TLS, slot connections that carry one call
 * at a time, and control connections. Knows bytes and messages, not what a call means.
 */
@NullMarked
package dev.flamepool.wire;

import org.jspecify.annotations.NullMarked;
