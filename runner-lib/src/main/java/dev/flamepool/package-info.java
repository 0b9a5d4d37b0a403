/**
 * Calling code on the runners of a {@code FlamePool}: {@link dev.flamepool.Flame} connects, {@link
 * dev.flamepool.Pool} calls, every failure is a {@link dev.flamepool.FlameException}.
 */
@NullMarked
package dev.flamepool;

import org.jspecify.annotations.NullMarked;
