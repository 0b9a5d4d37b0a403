/** How many runners a pool should have: pure functions of what was heard, and the clock. */
@NullMarked
package dev.flamepool.operator.scaling;

import org.jspecify.annotations.NullMarked;
