/**
 * The life of one runner: launch protocol, boot, watch, drain and end. What to do next is decided
 * by pure functions; the steps around them do it.
 */
@NullMarked
package dev.flamepool.operator.runner;

import org.jspecify.annotations.NullMarked;
