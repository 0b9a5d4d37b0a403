/**
 * Runners as Fly machines (DESIGN section 8, "fly"; seed document 000): a client of the Machines
 * API that stays below its limits, and the backend above it. Requests, classification of errors and
 * the view of a machine are pure functions.
 */
@NullMarked
package dev.flamepool.operator.backend.fly;

import org.jspecify.annotations.NullMarked;
