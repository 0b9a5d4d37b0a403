/**
 * The wire between callers, operator and runner (DESIGN section 7): mutual TLS, slot connections
 * that carry one call at a time, and control connections. Knows bytes and messages, not what a call
 * means.
 */
@NullMarked
package dev.flamepool.wire;

import org.jspecify.annotations.NullMarked;
