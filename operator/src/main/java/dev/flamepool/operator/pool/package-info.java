/** Which runners a pool has: observe, decide by pure functions, act. */
@NullMarked
package dev.flamepool.operator.pool;

import org.jspecify.annotations.NullMarked;
