/**
 * Runners as Fly machines: a client of the Machines API that stays below its limits, and the
 * backend above it. Requests, classification of errors and the view of a machine are pure
 * functions.
 */
@NullMarked
package dev.flamepool.operator.backend.fly;

import org.jspecify.annotations.NullMarked;
